using System.Text.Json;
using System.Text.Json.Serialization;
using FashionCnn.Evaluation;
using FashionCnn.Storage;

namespace FashionCnn.CommandLine;

/// <summary>The code that writes the commands' JSON, generated for its types.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ComparisonFile))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(PredictionWriter.PredictionReport))]
internal sealed partial class OutputJson : JsonSerializerContext
{
    private static readonly JsonSerializerOptions AsInRuns = JsonForm.For(new OutputJson());

    /// <summary>A value as JSON that ends with a line break, in the form of a run's files.</summary>
    public static string Write<T>(T value) => JsonForm.Write(value, AsInRuns);
}
