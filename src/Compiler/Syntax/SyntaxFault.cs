using System.Text.Json;
using System.Text.RegularExpressions;

namespace FashionCnn.Compiler.Syntax;

/// <summary>
/// Says what is wrong at the place where the JSON reader stopped. The reader's own messages differ between versions and speak of
/// bytes; this looks at the text once more, from the end of the last good token on.
/// </summary>
internal static class SyntaxFault
{
    public static SyntaxError Find(string text, SyntaxStop stop)
    {
        if (SkipTrivia(text, stop.Position, out var position) is { } comment)
        {
            return comment;
        }

        var expected = Expected(stop, afterComma: false);
        var wantsComma = stop.InObject is not null && IsEndOfValue(stop.Last);
        if (wantsComma && position < text.Length && text[position] == ',')
        {
            if (SkipTrivia(text, position + 1, out position) is { } openComment)
            {
                return openComment;
            }

            expected = Expected(stop, afterComma: true);
            wantsComma = false;
        }

        var wantsKey = stop.InObject == true && !wantsComma && stop.Last != JsonTokenType.PropertyName;
        var wantsValue = !wantsComma && !wantsKey && !(stop.InObject is null && stop.Last != JsonTokenType.None);
        return Describe(text, position, expected, stop.InObject is { } inObject ? $"',' or '{(inObject ? '}' : ']')}'" : EndOfText, wantsKey, wantsValue);
    }

    private static SyntaxError Describe(
        string text, int position, string expected, string afterValue, bool wantsKey, bool wantsValue)
    {
        if (position >= text.Length)
        {
            return new(SyntaxErrorKind.UnexpectedEnd, new TextSpan(text.Length, 0), expected);
        }

        var first = text[position];
        if (!wantsKey && !wantsValue && expected == EndOfText)
        {
            return new(SyntaxErrorKind.TextAfterEnd, Word(text, position), Visible.Found(WordText(text, position)));
        }

        if (first == '"' && (wantsKey || wantsValue))
        {
            return DescribeString(text, position, wantsKey);
        }

        if (wantsValue && (char.IsDigit(first) || first is '-' or '+' or '.'))
        {
            var number = Word(text, position);
            if (number.End < text.Length && IsNumber(text.Substring(number.Start, number.Length)))
            {
                // The number is right; what follows it without a comma is not.
                return Describe(text, number.End, afterValue, afterValue, wantsKey: false, wantsValue: false);
            }

            return new(SyntaxErrorKind.InvalidNumber, number, Visible.Text(text.Substring(number.Start, number.Length)));
        }

        var found = Word(text, position);
        var word = text.Substring(found.Start, found.Length);
        var hint = first switch
        {
            '\'' => "; write strings and keys in double quotes",
            '\u2018' or '\u2019' or '\u201C' or '\u201D' => "; write strings and keys in straight double quotes, \"",
            _ when wantsKey && IsWordCharacter(first) => $"; write keys in double quotes: \"{word}\"",
            _ when wantsValue && word.ToLowerInvariant() is "true" or "false" or "null" => $"; JSON writes {word.ToLowerInvariant()}",
            _ when wantsValue && word is "None" or "undefined" or "NaN" or "Infinity" or "inf" or "nan" => "; JSON has no such value",
            _ when wantsValue && IsWordCharacter(first) => $"; write strings in double quotes: \"{word}\"",
            _ => string.Empty,
        };
        return new(SyntaxErrorKind.InvalidSyntax, found, expected, Visible.Found(word) + hint);
    }

    private static SyntaxError DescribeString(
        string text, int start, bool isKey)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' when isKey:
                    return SkipTrivia(text, i + 1, out var next) is { } comment ? comment
                        : next < text.Length
                        ? new(SyntaxErrorKind.InvalidSyntax, Word(text, next), $"':' after the key {text.Substring(start, i + 1 - start)}", Visible.Found(Character(text, next)))
                        : new(SyntaxErrorKind.UnexpectedEnd, new TextSpan(text.Length, 0), "':'");
                case '"':
                    return new(SyntaxErrorKind.InvalidString, TextSpan.FromBounds(start, i + 1), "cannot be read");
                case '\n' or '\r':
                    return new(SyntaxErrorKind.UnterminatedString, TextSpan.FromBounds(start, i));
                case < ' ':
                    return new(SyntaxErrorKind.InvalidString, new TextSpan(i, 1), $"contains the control character {Visible.Found(text[i].ToString())}; write it as an escape (a tab is \\t)");
                case '\\' when i + 1 < text.Length && text[i + 1] == 'u':
                    if (i + 6 > text.Length || !text.Substring(i + 2, 4).All(Uri.IsHexDigit))
                    {
                        return new(SyntaxErrorKind.InvalidString, new TextSpan(i, 2), "contains \\u without four hexadecimal digits");
                    }

                    i += 5;
                    break;
                case '\\' when i + 1 < text.Length:
                    if ("\"\\/bfnrt".IndexOf(text[i + 1]) < 0)
                    {
                        return new(SyntaxErrorKind.InvalidString, new TextSpan(i, 2), $"contains the escape \\{Visible.Text(Character(text, i + 1))}, which JSON does not have; a backslash itself is written \\\\");
                    }

                    i++;
                    break;
            }
        }

        return new(SyntaxErrorKind.UnterminatedString, TextSpan.FromBounds(start, text.Length));
    }

    private const string EndOfText = "the end of the text";

    private static string Expected(SyntaxStop stop, bool afterComma) => (stop.InObject, stop.Last) switch
    {
        (null, JsonTokenType.None) => "'{'",
        (null, _) => EndOfText,
        (true, JsonTokenType.PropertyName) => "a value",
        (true, JsonTokenType.StartObject) => "a key or '}'",
        (true, _) => afterComma ? "a key or '}'" : "',' or '}'",
        (false, JsonTokenType.StartArray) => "a value or ']'",
        (false, _) => afterComma ? "a value or ']'" : "',' or ']'",
    };

    private static bool IsEndOfValue(JsonTokenType token) =>
        token is not (JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);

    /// <summary>Finds the next position that is neither white space nor a comment; the error is a comment without an end.</summary>
    private static SyntaxError? SkipTrivia(string text, int start, out int position)
    {
        position = start;
        while (position < text.Length)
        {
            if (text[position] is ' ' or '\t' or '\r' or '\n' || (text[position] == '\uFEFF' && position == 0))
            {
                position++;
            }
            else if (string.CompareOrdinal(text, position, "//", 0, 2) == 0)
            {
                var end = text.IndexOfAny(['\n', '\r'], position);
                position = end < 0 ? text.Length : end;
            }
            else if (string.CompareOrdinal(text, position, "/*", 0, 2) == 0)
            {
                var end = text.IndexOf("*/", position + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    return new SyntaxError(SyntaxErrorKind.UnterminatedComment, new TextSpan(position, 2));
                }

                position = end + 2;
            }
            else
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The run of letters and digits at a position, or the single character there.</summary>
    private static TextSpan Word(string text, int position)
    {
        var end = position;
        while (end < text.Length && (IsWordCharacter(text[end]) || text[end] is '.' or '-' or '+'))
        {
            end++;
        }

        var isPair = end == position && char.IsHighSurrogate(text[position]) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]);
        return TextSpan.FromBounds(position, end > position ? end : position + (isPair ? 2 : 1));
    }

    private static string WordText(string text, int position)
    {
        var word = Word(text, position);
        return text.Substring(word.Start, word.Length);
    }

    private static string Character(string text, int position) => text.Substring(position, char.IsSurrogatePair(text, position) ? 2 : 1);

    private static bool IsNumber(string text) => Regex.IsMatch(text, "^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant);

    private static bool IsWordCharacter(char value) => char.IsLetterOrDigit(value) || value is '_' or '$';
}
