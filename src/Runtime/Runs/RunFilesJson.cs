using System.Text.Json.Serialization;
using FashionCnn.Models;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>The code that writes and reads the files of a run, see <see cref="SettingsJson"/>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunConfiguration))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(EpochRecord[]))]
[JsonSerializable(typeof(IReadOnlyList<EpochRecord>))]
[JsonSerializable(typeof(double[]))]
internal sealed partial class RunFilesJson : JsonSerializerContext;
