using System.Globalization;
using System.Text.Json;
using FashionCnn.Compiler;

namespace FashionCnn.Interchange.Keras;

/// <summary>
/// The spec that an exported .keras file carries in its metadata.json, which Keras writes and does not read. Keras has no place for blocks
/// and for names within them: an import takes the spec from there as long as the file's layers are the spec's.
/// </summary>
internal static class EmbeddedSpec
{
    private const string Key = "fashioncnn_spec";

    /// <summary>Writes the metadata with the spec's text.</summary>
    public static void WriteMetadata(Stream stream, string kerasVersion, DateTime saved, string spec)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("keras_version", kerasVersion);
        json.WriteString("date_saved", saved.ToString("yyyy-MM-dd@HH:mm:ss", CultureInfo.InvariantCulture));
        json.WriteString(Key, spec);
        json.WriteEndObject();
    }

    /// <summary>The text in the metadata; null for none.</summary>
    public static string? TextOf(JsonElement metadata) => metadata.FindText(Key);

    /// <summary>The spec of the file; null without one, or if the model's description is not what the spec's export would be.</summary>
    public static CompiledSpec? Of(KerasFile file, string id)
    {
        if (file.Spec is not { } text || SpecCompiler.Compile($"{id}.json", text) is not { IsModel: true } spec || KerasExport.Refusal(spec) is not null)
        {
            return null;
        }

        using var description = new MemoryStream();
        KerasConfig.Write(description, file.Model.Find("config")?.FindText("name") ?? string.Empty, KerasNode.Of(spec.Plan!.Network!));
        using var expected = JsonDocument.Parse(description.ToArray());
        return expected.RootElement.Compact() == file.Model.Compact() ? spec : null;
    }
}
