using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FashionCnn.Interchange.Keras;

/// <summary>Reads JSON that may be anything.</summary>
internal static class JsonAccess
{
    /// <summary>The value of a key; null when there is none, when it is <c>null</c>, or when this is no object.</summary>
    public static JsonElement? Find(this JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The text of a key; null when there is none.</summary>
    public static string? FindText(this JsonElement element, string key) => element.Find(key) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>The items of an array; none of anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement? element) => element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>The text without spaces, by which two values can be compared.</summary>
    public static string Compact(this JsonElement element)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            element.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    /// <summary>A text as JSON writes it.</summary>
    public static string Quoted(string text) => JsonValue.Create(text).ToJsonString();

    /// <summary>An integer of 32 bits; null for anything else.</summary>
    public static int? Integer(this JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) ? value : null;
}
