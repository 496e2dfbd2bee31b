using System.Text.Json.Serialization;

namespace FashionCnn.Training;

/// <summary>The code that writes and reads a checkpoint as JSON, see <see cref="Models.SettingsJson"/>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Checkpoint))]
[JsonSerializable(typeof(double[]))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
