using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Infer;

/// <summary>A layer and what it takes.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">The layers whose outputs it takes, in order; <see cref="LayerListing.Image"/> for the model's input.</param>
internal sealed record ListedLayer(PlannedLayer Layer, EquatableArray<string> Inputs);

/// <summary>The layers of a network one after the other, those of branches before the merge that joins them.</summary>
internal static class LayerListing
{
    /// <summary>Stands for the model's input; no layer's name has a space.</summary>
    public const string Image = "input image";

    public static IReadOnlyList<ListedLayer> Of(NetworkPlan network)
    {
        var listed = new List<ListedLayer>();
        _ = Follow(network.Layers, Image, listed);
        return listed;
    }

    /// <summary>Lists layers of which the first takes <paramref name="source"/>; gives the name of what gives the last one's output.</summary>
    private static string Follow(EquatableArray<PlannedLayer> layers, string source, List<ListedLayer> listed)
    {
        var last = source;
        foreach (var layer in layers)
        {
            var input = last;
            listed.Add(new ListedLayer(layer, layer.Branches.IsEmpty ? [input] : [.. layer.Branches.Select(branch => Follow(branch, input, listed))]));
            last = layer.Name;
        }

        return last;
    }
}
