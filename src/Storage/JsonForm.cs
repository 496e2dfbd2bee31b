using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FashionCnn.Storage;

/// <summary>JSON as the files of runs and the output of commands have it.</summary>
internal static class JsonForm
{
    /// <summary>How the types of a program are written and read.</summary>
    /// <param name="types">Code that was generated for them: a trimmed program has nothing else to go by.</param>
    public static JsonSerializerOptions For(IJsonTypeInfoResolver types) => new()
    {
        TypeInfoResolver = types,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // A value that is missing or null where there must be one is damage, found on reading.
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>A value as JSON that ends with a line break.</summary>
    /// <param name="value">The value.</param>
    /// <param name="options">How its type is written, see <see cref="For"/>.</param>
    public static string Write<T>(T value, JsonSerializerOptions options) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T))) + "\n";

    /// <summary>The value of a JSON text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">How its type is read, see <see cref="For"/>.</param>
    /// <exception cref="JsonException">The text is not one of such a value.</exception>
    public static T Read<T>(string text, JsonSerializerOptions options) => JsonSerializer.Deserialize(text, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T))) ?? throw new JsonException();
}
