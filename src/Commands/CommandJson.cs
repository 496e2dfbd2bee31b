using System.Text.Json;
using System.Text.Json.Serialization;
using FashionCnn.Compiler.Show;
using FashionCnn.Storage;

namespace FashionCnn.Commands;

/// <summary>The code that writes the commands' JSON, generated for its types.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(IReadOnlyList<CheckCommand.CheckedLine>))]
[JsonSerializable(typeof(ModelSummary))]
[JsonSerializable(typeof(WeightsCommand.WeightsReport))]
internal sealed partial class CommandJson : JsonSerializerContext
{
    private static readonly JsonSerializerOptions Form = JsonForm.For(new CommandJson());

    /// <summary>A value as JSON that ends with a line break.</summary>
    public static string Write<T>(T value) => JsonForm.Write(value, Form);
}
