using System.Globalization;
using System.Text;

namespace FashionCnn.Compiler.Syntax;

/// <summary>
/// Text of a spec as messages show it: characters that cannot be seen, or that look like other ones in their word, are named by their
/// code points.
/// </summary>
internal static class Visible
{
    // Letters and signs that have no width or no ink, although their categories promise both.
    private const string Blank = "\u034F\u115F\u1160\u17B4\u17B5\u2800\u3164\uFFA0";

    // Letters of Greek and Cyrillic that look like Latin ones.
    private const string Lookalikes = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχАВЕЅІЈКМНОРСТУХЬаеорсуѕіјһԁԛԝӏ";

    private static readonly Dictionary<char, string> Names = new()
    {
        ['\0'] = "a null character",
        ['\u00A0'] = "a no-break space",
        ['\u00AD'] = "a soft hyphen",
        ['\u200B'] = "a zero-width space",
        ['\u200C'] = "a zero-width non-joiner",
        ['\u200D'] = "a zero-width joiner",
        ['\u200E'] = "a left-to-right mark",
        ['\u200F'] = "a right-to-left mark",
        ['\u2028'] = "a line separator",
        ['\u2029'] = "a paragraph separator",
        ['\u202F'] = "a narrow no-break space",
        ['\u2060'] = "a word joiner",
        ['\u3000'] = "an ideographic space",
        ['\uFEFF'] = "a byte-order mark",
        ['\u2018'] = "a curly quotation mark",
        ['\u2019'] = "a curly quotation mark",
        ['\u201C'] = "a curly quotation mark",
        ['\u201D'] = "a curly quotation mark",
    };

    /// <summary>Text inside a message: <c>Dense\u200b</c>.</summary>
    public static string Text(string text)
    {
        var result = new StringBuilder(text.Length);
        // Of each word it is found out once, at its start. A sign right after a word belongs to it.
        var (wordEnd, isLatin) = (0, false);
        for (var i = 0; i < text.Length;)
        {
            if (i >= wordEnd)
            {
                (wordEnd, isLatin) = IsWordPart(text[i]) ? Word(text, i) : (i + 1, isLatin && IsWordPart(text[i - 1]));
            }

            var length = char.IsSurrogatePair(text, i) ? 2 : 1;
            if (IsUnseen(text, i) || (length == 1 && isLatin && IsLookalike(text[i])))
            {
                for (var unit = i; unit < i + length; unit++)
                {
                    result.Append($"\\u{(int)text[unit]:x4}");
                }
            }
            else
            {
                result.Append(text, i, length);
            }

            i += length;
        }

        return result.ToString();
    }

    /// <summary>What was found at a place: <c>']'</c>, <c>U+00A0 (a no-break space)</c>, <c>'，' (U+FF0C)</c>.</summary>
    public static string Found(string word)
    {
        var length = word.Length > 0 && char.IsSurrogatePair(word, 0) ? 2 : 1;
        if (word.Length != length)
        {
            return $"'{Text(word)}'";
        }

        var code = $"U+{(length == 2 ? char.ConvertToUtf32(word, 0) : word[0]):X4}";
        var name = Names.TryGetValue(word[0], out var known) ? known : null;
        return IsUnseen(word, 0) ? name is null ? code : $"{code} ({name})"
            : word[0] > '~' ? $"'{word}' ({code}{(name is null ? string.Empty : $", {name}")})"
            : $"'{word}'";
    }

    private static bool IsUnseen(string text, int index)
    {
        var value = text[index];
        return CharUnicodeInfo.GetUnicodeCategory(text, index) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse => true,
            // Older platforms know fewer emoji than newer ones; these are beyond 16 bits.
            UnicodeCategory.OtherNotAssigned => !char.IsSurrogate(value),
            UnicodeCategory.SpaceSeparator => value != ' ',
            UnicodeCategory.NonSpacingMark when value is >= '\uFE00' and <= '\uFE0F' => true,
            _ => Blank.IndexOf(value) >= 0,
        };
    }

    // Besides those, the full-width forms of ASCII.
    private static bool IsLookalike(char value) => Lookalikes.IndexOf(value) >= 0 || value is >= '\uFF01' and <= '\uFF5E';

    /// <summary>Where the letters and digits from a place on end, and whether there is one of ASCII's letters among them.</summary>
    private static (int End, bool IsLatin) Word(string text, int start)
    {
        var (end, isLatin) = (start, false);
        for (; end < text.Length && IsWordPart(text[end]); end++)
        {
            isLatin |= text[end] is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
        }

        return (end, isLatin);
    }

    private static bool IsWordPart(char value) => char.IsLetterOrDigit(value) || value is '_' or '$';
}
