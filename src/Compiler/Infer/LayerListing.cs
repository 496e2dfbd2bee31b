using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Infer;

/// <summary>A layer and what it takes.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">The layers whose outputs it takes, in order; <see cref="PlannedLayer.ImageName"/> for the model's input.</param>
internal sealed record ListedLayer(PlannedLayer Layer, EquatableArray<string> Inputs);

/// <summary>The layers of a network one after the other, those of branches before the merge that joins them.</summary>
internal static class LayerListing
{
    public static IReadOnlyList<ListedLayer> Of(NetworkPlan network) => Of(network.Layers);

    public static IReadOnlyList<ListedLayer> Of(EquatableArray<PlannedLayer> layers)
    {
        var listed = new List<ListedLayer>();
        _ = Follow(layers, PlannedLayer.ImageName, listed);
        return listed;
    }

    /// <summary>The layers that read each value, by its name; one that reads it twice is there twice.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<PlannedLayer>> Readers(IReadOnlyList<ListedLayer> layers) =>
        layers.SelectMany(listed => listed.Inputs.Select(input => (input, listed.Layer)))
            .GroupBy(pair => pair.input, pair => pair.Layer)
            .ToDictionary(group => group.Key, IReadOnlyList<PlannedLayer> (group) => [.. group]);

    /// <summary>Lists layers of which the first takes <paramref name="source"/>; gives the name of what gives the last one's output.</summary>
    private static string Follow(EquatableArray<PlannedLayer> layers, string source, List<ListedLayer> listed)
    {
        var last = source;
        foreach (var layer in layers)
        {
            var input = layer.From.Count == 1 ? layer.From[0] : last;
            listed.Add(new ListedLayer(
                layer,
                !layer.Branches.IsEmpty ? [.. layer.Branches.Select(branch => Follow(branch, input, listed))]
                : layer.From.Count > 1 ? layer.From
                : [input]));
            last = layer.Name;
        }

        return last;
    }
}
