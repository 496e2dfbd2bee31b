using System.Globalization;
using System.Text;

namespace FashionCnn.Compiler.Syntax;

/// <summary>Values as a spec's text writes them.</summary>
internal static class JsonText
{
    /// <summary>A string with its quotes; what JSON does not allow in one is escaped.</summary>
    public static string Quote(string value)
    {
        // .NET's own escaping is in another assembly, which the generator would have to find in every editor.
        var text = new StringBuilder("\"");
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' or '\\' => text.Append('\\').Append(character),
                < ' ' or '\u0085' or '\u2028' or '\u2029' or (>= '\uD800' and <= '\uDFFF') => text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(character),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>Any value, in one line.</summary>
    public static string Write(JsonNode node) => node switch
    {
        JsonObject { Members.IsEmpty: true } => "{}",
        JsonObject value => $"{{ {string.Join(", ", value.Members.Select(member => $"{Quote(member.Name)}: {Write(member.Value)}"))} }}",
        JsonArray value => $"[{string.Join(", ", value.Items.Select(Write))}]",
        JsonString value => Quote(value.Value),
        JsonNumber value => value.Text,
        JsonBoolean value => value.Value ? "true" : "false",
        _ => "null",
    };
}
