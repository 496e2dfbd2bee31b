using System.Text.Encodings.Web;
using System.Text.Json;

namespace FashionCnn.Compiler.Syntax;

/// <summary>Values as a spec's text writes them.</summary>
internal static class JsonText
{
    /// <summary>A string with its quotes; what JSON does not allow in one is escaped.</summary>
    public static string Quote(string value) => $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

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
