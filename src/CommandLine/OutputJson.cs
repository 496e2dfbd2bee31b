using System.Text.Json;
using System.Text.Json.Serialization;
using FashionCnn.Compiler.Show;
using FashionCnn.Evaluation;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine;

/// <summary>The code that writes the commands' JSON, generated for its types.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(IReadOnlyList<CheckCommand.CheckedLine>))]
[JsonSerializable(typeof(ComparisonFile))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(ModelSummary))]
[JsonSerializable(typeof(PredictionWriter.PredictionReport))]
[JsonSerializable(typeof(WeightsCommand.WeightsReport))]
internal sealed partial class OutputJson : JsonSerializerContext
{
    private static readonly JsonSerializerOptions AsInRuns = RunJson.For(new OutputJson());

    /// <summary>A value as JSON that ends with a line break, in the form of a run's files.</summary>
    public static string Write<T>(T value) => RunJson.Write(value, AsInRuns);
}
