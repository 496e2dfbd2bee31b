using FashionCnn.Generator.Layers;
using FashionCnn.Generator.Specs;

namespace FashionCnn.Generator.Shapes;

/// <summary>A layer with its shapes and counts: everything that emission needs, and no position in the text.</summary>
internal sealed record PlannedLayer(
    LayerKind Kind,
    Settings Settings,
    string Name,
    string Member,
    string Path,
    Shape Input,
    Shape Output,
    LayerCounts Counts,
    EquatableArray<EquatableArray<PlannedLayer>> Branches)
{
    /// <summary>It is the last layer, and the softmax it ends in belongs to <c>predict</c>.</summary>
    public bool LeavesSoftmax { get; init; }

    public T Get<T>(Key<T> key)
        where T : notnull => Settings.Get(Kind.Table, key);
}
