using FashionCnn.Compiler.Layers;

namespace FashionCnn.Compiler.Bind;

/// <summary>Layers one after the other, the first of which reads <paramref name="start"/> unless it says otherwise.</summary>
internal sealed class LayerChain(int start)
{
    public List<LayerSpec> Layers { get; } = [];

    /// <summary>What a layer reads that is added without saying what.</summary>
    public int Last => Layers.Count == 0 ? start : Layers[Layers.Count - 1].Id;

    public int Add(LayerSpec layer)
    {
        Layers.Add(layer);
        return layer.Id;
    }
}
