using System.Text;

namespace FashionCnn.Generator.Emit;

/// <summary>Literals and comments of generated code.</summary>
internal static class CSharp
{
    /// <summary>6694346 as <c>6_694_346</c>.</summary>
    public static string Integer(long value) => Text.Count(value).Replace(',', '_');

    public static string String(string value)
    {
        if (value.All(character => character is >= ' ' and <= '~' and not ('"' or '\\')))
        {
            return "\"" + value + "\"";
        }

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
                _ when char.IsControl(character) || char.IsSurrogate(character) || character is '\u2028' or '\u2029' or '\u0085' => $"\\u{(int)character:x4}",
                _ => character.ToString(),
            });
        }

        return result.Append('"').ToString();
    }

    /// <summary>Text of a spec in an XML comment of one line.</summary>
    public static string Comment(string value)
    {
        var line = string.Join(" ", value.Split([' ', '\t', '\r', '\n', '\u0085', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries));
        var result = new StringBuilder();
        foreach (var character in line.Where(character => !char.IsControl(character)))
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
}
