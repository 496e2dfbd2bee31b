using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Interchange.Keras;

/// <summary>A layer of a model that is written for Keras.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layer">What it is in the plan; null for the input.</param>
/// <param name="Output">What it gives.</param>
/// <param name="Inputs">What it reads.</param>
internal sealed record KerasNode(string Name, PlannedLayer? Layer, Shape Output, IReadOnlyList<KerasNode> Inputs)
{
    /// <summary>Its class with the module.</summary>
    public string Class => Layer is null ? "keras.layers.InputLayer" : Layer.Kind.Keras.Class ?? $"keras.layers.{Layer.Kind.Type}";

    /// <summary>Its class.</summary>
    public string ShortClass => Class[(Class.LastIndexOf('.') + 1)..];

    /// <summary>It is called with a list.</summary>
    public bool IsMerge => Layer is { Kind.JoinsBranches: true };

    /// <summary>The layers of a model in Keras's order, the input first.</summary>
    public static IReadOnlyList<KerasNode> Of(NetworkPlan network)
    {
        var listing = LayerListing.Of(network);
        var names = listing.Select(listed => listed.Layer.Name).ToHashSet(StringComparer.Ordinal);
        var inputName = "input_layer";
        while (names.Contains(inputName))
        {
            inputName += "_";
        }

        var nodes = new List<KerasNode> { new(inputName, null, network.Input, []) };
        var places = new Dictionary<string, int> { [PlannedLayer.ImageName] = 0 };
        foreach (var listed in listing)
        {
            places[listed.Layer.Name] = nodes.Count;
            nodes.Add(new KerasNode(listed.Layer.Name, listed.Layer, listed.Layer.Output, [.. listed.Inputs.Select(input => nodes[places[input]])]));
        }

        var inputs = new List<IReadOnlyList<int>> { Array.Empty<int>() };
        inputs.AddRange(listing.Select(listed => (IReadOnlyList<int>)[.. listed.Inputs.Select(input => places[input])]));
        return [.. KerasLayerOrder.Of(inputs, nodes.Count - 1).Select(index => nodes[index])];
    }
}
