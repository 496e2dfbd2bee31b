using System.Globalization;
using System.Text;
using System.Xml;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Code;

/// <summary>Literals, names and comments of generated code.</summary>
internal static class CSharp
{
    private const int LongestComment = 100;

    // Reserved words and those that have a meaning in some place, of all versions of the language.
    private static readonly HashSet<string> Keywords =
    [
        "abstract", "add", "alias", "allows", "and", "as", "ascending", "assembly", "async", "await", "base", "bool", "break", "by", "byte",
        "case", "catch", "char", "checked", "class", "closed", "const", "continue", "decimal", "default", "delegate", "descending", "do", "double",
        "else", "enum", "equals", "event", "explicit", "extension", "extern", "false", "field", "file", "finally", "fixed", "float", "for",
        "foreach", "from", "get", "global", "goto", "group", "if", "implicit", "in", "init", "int", "interface", "internal", "into", "is",
        "join", "let", "lock", "long", "managed", "method", "module", "nameof", "namespace", "new", "not", "null", "object", "on", "operator",
        "or", "orderby", "out", "override", "param", "params", "partial", "private", "property", "protected", "public", "readonly", "record",
        "ref", "remove", "required", "return", "safe", "sbyte", "scoped", "sealed", "select", "set", "short", "sizeof", "stackalloc", "static",
        "string", "struct", "switch", "this", "throw", "true", "try", "type", "typeof", "typevar", "uint", "ulong", "unchecked", "union", "unmanaged",
        "unsafe", "ushort", "using", "var", "virtual", "void", "volatile", "when", "where", "while", "with", "yield",
        "_", "__arglist", "__makeref", "__reftype", "__refvalue",
    ];

    public static bool IsKeyword(string text) => Keywords.Contains(text);

    public static bool IsIdentifier(string text) => text.Length > 0 && IsIdentifierStart(text[0]) && text.All(IsIdentifierPart);

    public static bool IsIdentifierStart(char value) => value == '_' || IsLetter(CharUnicodeInfo.GetUnicodeCategory(value));

    public static bool IsIdentifierPart(char value) => CharUnicodeInfo.GetUnicodeCategory(value) is var category
        && (IsLetter(category)
            || category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.Format);

    private static bool IsLetter(UnicodeCategory category) => category is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
        or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber;

    /// <summary>6694346 as <c>6_694_346</c>.</summary>
    public static string Integer(long value) => Text.Count(value).Replace(',', '_');

    public static string String(string value)
    {
        var result = new StringBuilder("\"");
        foreach (var character in value)
        {
            result.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(character) || char.IsSurrogate(character) || character is '\u2028' or '\u2029' or '\u0085' or '\uFFFE' or '\uFFFF' => $"\\u{(int)character:x4}",
                _ => character.ToString(),
            });
        }

        return result.Append('"').ToString();
    }

    /// <summary>The lines of a text, their ends included, as literals that joined give the text.</summary>
    public static IEnumerable<string> Lines(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var feed = text.IndexOf('\n', start);
            var end = feed < 0 ? text.Length : feed + 1;
            yield return String(text.Substring(start, end - start));
            start = end;
        }
    }

    /// <summary>Text of a spec in an XML comment of one line.</summary>
    public static string Comment(string value)
    {
        var result = new StringBuilder();
        foreach (var character in OneLine(value))
        {
            result.Append(character switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ => character.ToString(),
            });
        }

        return result.ToString();
    }

    /// <summary>Text of a spec in a comment of one line, of which the end counts most.</summary>
    public static string LineComment(string value)
    {
        var line = OneLine(value);
        return line.Length <= LongestComment ? line : "..." + line.Substring(line.Length - LongestComment);
    }

    private static bool IsInPair(string text, int index) => char.IsSurrogatePair(text, index) || (index > 0 && char.IsSurrogatePair(text, index - 1));

    // Without what XML does not allow: one such character would take the whole documentation away.
    private static string OneLine(string value)
    {
        var line = string.Join(" ", value.Split([' ', '\t', '\r', '\n', '\u0085', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries));
        return new string([.. line.Where((character, index) => !char.IsControl(character) && (XmlConvert.IsXmlChar(character) || IsInPair(line, index)))]);
    }
}
