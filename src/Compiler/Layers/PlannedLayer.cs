using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

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
    /// <summary>Stands for the model's input where layers are named; no layer's name has a space.</summary>
    public const string ImageName = "input image";

    /// <summary>What it reads by name instead of the layer before it: layers, or <see cref="ImageName"/>.</summary>
    public EquatableArray<string> From { get; init; } = [];

    /// <summary>The block's use or the round of a repetition that it stands in; null for none.</summary>
    public LayerGroup? Group { get; init; }

    /// <summary>It is the last layer, and the softmax it ends in belongs to <c>predict</c>.</summary>
    public bool LeavesSoftmax { get; init; }

    /// <summary>Training changes nothing of it.</summary>
    public bool IsFrozen => Kind.IsFrozen(Settings);

    /// <summary>The settings that a reader wants to see: <c>3x3 same relu frozen</c>; empty for none.</summary>
    public string Label => !IsFrozen ? Kind.Label(Settings) : $"{Kind.Label(Settings)} frozen".TrimStart();

    /// <summary>What tables and drawings call it: <c>Conv2D 3x3 same relu</c>.</summary>
    public string KindAndLabel => Label is { Length: > 0 } label ? $"{Kind.Type} {label}" : Kind.Type;

    /// <summary>The tensors of its weights, in Keras's order.</summary>
    public IEnumerable<KerasTensor> Tensors => Kind.Keras.Tensors.Where(tensor =>
        (tensor.If is not { } key || Get(key)) && (tensor.Unless is not { } given || Settings.Find(Kind.Table, given) is null));

    /// <summary>The sizes of a tensor of its weights in the state dict.</summary>
    public EquatableArray<long> ShapeOf(KerasTensor tensor) => tensor.Order switch
    {
        KerasOrder.Same => [Output.Channels],
        KerasOrder.Count => [1],
        _ => Kind.WeightShape(this, tensor.Tensor),
    };

    public T Get<T>(Key<T> key)
        where T : notnull => Settings.Get(Kind.Table, key);
}
