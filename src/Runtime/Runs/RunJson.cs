using System.Text.Json;
using FashionCnn.Storage;

namespace FashionCnn.Runs;

/// <summary>JSON as the files of a run have it.</summary>
internal static class RunJson
{
    private static readonly JsonSerializerOptions Options = JsonForm.For(RunFilesJson.Default);

    /// <summary>A value of a type of <see cref="RunFilesJson"/> as JSON that ends with a line break.</summary>
    public static string Write<T>(T value) => JsonForm.Write(value, Options);

    /// <summary>The value of a JSON text, of a type of <see cref="RunFilesJson"/>.</summary>
    /// <exception cref="JsonException">The text is not one of such a value.</exception>
    public static T Read<T>(string text) => JsonForm.Read<T>(text, Options);
}
