using System.Text.Json;
using System.Text.Json.Serialization;
using FashionCnn.Storage;

namespace FashionCnn.CommandLine.Study;

/// <summary>The code that writes and reads what the study keeps, generated for its types.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(SortedDictionary<string, MeasuredSpeed>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, MeasuredSpeed>))]
internal sealed partial class StudyJson : JsonSerializerContext
{
    /// <summary>As the files of a run are written.</summary>
    public static JsonSerializerOptions AsInRuns { get; } = JsonForm.For(new StudyJson());
}
