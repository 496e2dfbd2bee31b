using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Infer;

/// <summary>What the weights of a network are, without the network: the names and sizes of Torch's state dict, in its order.</summary>
internal static class StateDict
{
    /// <summary>The names and sizes; buffers come after all parameters.</summary>
    public static IEnumerable<(string Name, EquatableArray<long> Shape)> Of(NetworkPlan network) =>
        LayerListing.Of(network).SelectMany(listed => listed.Layer.Tensors.Select(tensor => (listed.Layer, Tensor: tensor)))
            .OrderBy(pair => pair.Tensor.IsBuffer)
            .Select(pair => ($"{pair.Layer.Name}.{pair.Tensor.Tensor}", pair.Layer.ShapeOf(pair.Tensor)));

    /// <summary>A layer flattens images of several pixels and channels: the order of the values then matters to the weights of the next one.</summary>
    public static bool FlattensImages(NetworkPlan network) =>
        LayerListing.Of(network).Any(listed => listed.Layer is { Kind.MakesVector: true, Input: { IsImage: true, Channels: > 1 } input } && input.Height * input.Width > 1);

    /// <summary>Of each layer with moving statistics that is trained, the share of them that stays at each step.</summary>
    public static IReadOnlyList<double> Momenta(NetworkPlan network) =>
        [.. LayerListing.Of(network).Where(listed => !listed.Layer.IsFrozen).Select(listed => listed.Layer.Kind.MomentumOf(listed.Layer.Settings)).OfType<double>()];
}
