using System.Text.Json.Serialization;

namespace FashionCnn.Models;

/// <summary>
/// The code that writes and reads settings as JSON, generated for their types. On reading, it sets also those properties that the text
/// lacks, if they can only be set while a value is made; so what is missing has its default from a parameter of a constructor.
/// </summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(TrainingSettings))]
[JsonSerializable(typeof(double[]))]
internal sealed partial class SettingsJson : JsonSerializerContext;
