using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Show;

/// <summary>A model as a flowchart in the language of Mermaid, which GitHub and many editors draw.</summary>
internal static class MermaidDiagram
{
    private static readonly JsonSerializerOptions Title = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One node per layer; an arrow bears the shape of what passes it.</summary>
    public static string Of(ModelPlan model, NetworkPlan network)
    {
        var layers = LayerListing.Of(network);
        var shapes = layers.ToDictionary(listed => listed.Layer.Name, listed => listed.Layer.Output);
        shapes.Add(PlannedLayer.ImageName, network.Input);
        var text = new StringBuilder();
        // A JSON string is a YAML string.
        text.Append($"---\ntitle: {JsonSerializer.Serialize(model.Description.Length == 0 ? model.Id : $"{model.Id}: {model.Description}", Title)}\n---\nflowchart TB\n");
        text.Append($"    {Node(PlannedLayer.ImageName)}([{Label("input", network.Input.ToString())}])\n");
        foreach (var (layer, inputs) in layers)
        {
            text.Append($"    {Node(layer.Name)}[{Label(Lines(layer))}]\n");
            foreach (var input in inputs)
            {
                text.Append($"    {Node(input)} -->|{Label(shapes[input].ToString())}| {Node(layer.Name)}\n");
            }
        }

        text.Append($"    {Node(layers[layers.Count - 1].Layer.Name)} --> classes([{Label($"{network.Classes} classes")}])\n");
        return text.ToString();
    }

    // Some words, such as end, are no nodes; none has this prefix.
    private static string Node(string name) => name == PlannedLayer.ImageName ? "image" : $"layer_{name}";

    private static string[] Lines(PlannedLayer layer) =>
    [
        layer.Name,
        layer.KindAndLabel,
        .. layer.Counts.Parameters == 0 ? Array.Empty<string>() : [$"{Text.Count(layer.Counts.Parameters)} parameters"],
    ];

    // Mermaid reads #...; as a character, quotes as the label's end and < as HTML.
    private static string Label(params string[] lines) => "\"" + string.Join("<br/>", lines.Select(Escaped)) + "\"";

    private static string Escaped(string text)
    {
        var result = new StringBuilder();
        foreach (var character in text)
        {
            _ = character is '"' or '#' or '&' or '<' or '>' or '`' or ';' ? result.Append($"#{(int)character};") : result.Append(character);
        }

        return result.ToString();
    }
}
