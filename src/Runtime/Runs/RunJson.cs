using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FashionCnn.Runs;

/// <summary>JSON as the files of a run have it.</summary>
internal static class RunJson
{
    private static readonly JsonSerializerOptions Options = For(RunFilesJson.Default);

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
    /// <param name="options">How its type is written, see <see cref="For"/>; null for a type of <see cref="RunFilesJson"/>.</param>
    public static string Write<T>(T value, JsonSerializerOptions? options = null) => JsonSerializer.Serialize(value, (JsonTypeInfo<T>)(options ?? Options).GetTypeInfo(typeof(T))) + "\n";

    /// <summary>The value of a JSON text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">How its type is read, see <see cref="For"/>; null for a type of <see cref="RunFilesJson"/>.</param>
    /// <exception cref="JsonException">The text is not one of such a value.</exception>
    public static T Read<T>(string text, JsonSerializerOptions? options = null) => JsonSerializer.Deserialize(text, (JsonTypeInfo<T>)(options ?? Options).GetTypeInfo(typeof(T))) ?? throw new JsonException();
}
