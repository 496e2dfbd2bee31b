using FashionCnn.Generator.Shapes;

namespace FashionCnn.Generator.Emit;

/// <summary>Finds which layers do not take just the output of the one listed before them: where branches begin and where they are joined.</summary>
internal sealed class Connections
{
    // What the runtime calls the model's input; no layer's name has a space.
    private const string Image = "input image";

    private readonly List<(string Layer, IReadOnlyList<string> Inputs)> found = [];
    private string listedBefore = Image;

    private Connections()
    {
    }

    public static IReadOnlyList<(string Layer, IReadOnlyList<string> Inputs)> Of(EquatableArray<PlannedLayer> layers)
    {
        var connections = new Connections();
        connections.Follow(layers, Image);
        return connections.found;
    }

    /// <summary>The name of what gives the output of a list of layers that takes <paramref name="source"/>.</summary>
    private string Follow(EquatableArray<PlannedLayer> layers, string source)
    {
        foreach (var layer in layers)
        {
            IReadOnlyList<string> inputs = layer.Branches.IsEmpty ? [source] : [.. layer.Branches.Select(branch => Follow(branch, source))];
            if (inputs.Count > 1 || inputs[0] != listedBefore)
            {
                found.Add((layer.Name, inputs));
            }

            listedBefore = source = layer.Name;
        }

        return source;
    }
}
