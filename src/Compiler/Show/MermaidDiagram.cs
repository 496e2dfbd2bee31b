using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FashionCnn.Models;

namespace FashionCnn.Reporting.Architecture;

/// <summary>A model as a flowchart in the language of Mermaid, which GitHub and many editors draw.</summary>
public static class MermaidDiagram
{
    private static readonly JsonSerializerOptions Title = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One node per layer; an arrow bears the shape of what passes it.</summary>
    public static string Of(ModelDescriptor model)
    {
        var graph = new ModelGraph(model);
        var shapes = model.Layers.ToDictionary(layer => layer.Name, layer => layer.OutputShape);
        shapes.Add(LayerInputs.Image, model.Input.ToString());
        var text = new StringBuilder();
        // A JSON string is a YAML string.
        text.Append(CultureInfo.InvariantCulture, $"---\ntitle: {JsonSerializer.Serialize(model.Description.Length == 0 ? model.Id : $"{model.Id}: {model.Description}", Title)}\n---\nflowchart TB\n");
        text.Append(CultureInfo.InvariantCulture, $"    {Node(LayerInputs.Image)}([{Label("input", model.Input.ToString())}])\n");
        for (var place = 0; place < model.Layers.Count; place++)
        {
            var layer = model.Layers[place];
            text.Append(CultureInfo.InvariantCulture, $"    {Node(layer.Name)}[{Label(Lines(layer))}]\n");
            foreach (var input in graph.InputsOf(place))
            {
                text.Append(CultureInfo.InvariantCulture, $"    {Node(input)} -->|{Label(shapes[input])}| {Node(layer.Name)}\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture, $"    {Node(model.Layers[^1].Name)} --> classes([{Label($"{model.Classes} classes")}])\n");
        return text.ToString();
    }

    // Some words, such as end, are no nodes; none has this prefix.
    private static string Node(string name) => name == LayerInputs.Image ? "image" : $"layer_{name}";

    private static string[] Lines(LayerInfo layer) =>
    [
        layer.Name,
        layer.Settings.Length == 0 ? layer.Kind : $"{layer.Kind} {layer.Settings}",
        .. layer.Parameters == 0 ? Array.Empty<string>() : [string.Create(CultureInfo.InvariantCulture, $"{layer.Parameters:N0} parameters")],
    ];

    // Mermaid reads #...; as a character, quotes as the label's end and < as HTML.
    private static string Label(params string[] lines) => "\"" + string.Join("<br/>", lines.Select(Escaped)) + "\"";

    private static string Escaped(string text)
    {
        var result = new StringBuilder();
        foreach (var character in text)
        {
            _ = character is '"' or '#' or '&' or '<' or '>' or '`' or ';' ? result.Append(CultureInfo.InvariantCulture, $"#{(int)character};") : result.Append(character);
        }

        return result.ToString();
    }
}
