using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

/// <summary>
/// A layer that joins several values: the outputs of branches, each of which reads the entry's input, or those of layers that
/// <c>from</c> names. A kind sees their shapes and their expressions, and need not know which.
/// </summary>
internal abstract class Merge : LayerKind
{
    /// <summary>The key of the branches, which are lists of layers and no values.</summary>
    public const string BranchesKey = "branches";

    public override LayerFamily Family => LayerFamily.Merge;

    public override KeyTable Table => KeyTable.Empty;

    public sealed override bool JoinsBranches => true;

    public abstract override ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> inputs);

    public abstract override string Forward(IReadOnlyList<string> inputs);

    public abstract override OnnxValue Onnx(IReadOnlyList<OnnxValue> inputs);

    public abstract override string PyTorch(IReadOnlyList<string> inputs);

    public sealed override ShapeResult Infer(LayerSpec layer, Shape input) => throw new NotSupportedException("A merge joins branches.");

    public sealed override string Forward(PlannedLayer layer, string x) => throw new NotSupportedException("A merge joins branches.");

    public sealed override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => throw new NotSupportedException("A merge joins branches.");

    public sealed override string PyTorch(PlannedLayer layer, string x) => throw new NotSupportedException("A merge joins branches.");

    /// <summary>The error of inputs that do not fit: <c>Add joins inputs of one shape, but branches[0] gives 8x8x2 and 'stem' gives 8x8x4</c>.</summary>
    /// <param name="layer">The merge.</param>
    /// <param name="inputs">The shapes of its inputs.</param>
    /// <param name="rule">What the kind joins: <c>inputs of one shape</c>.</param>
    /// <param name="first">The one that the other is compared with.</param>
    /// <param name="other">The one that does not fit.</param>
    protected static ShapeError DoNotFit(LayerSpec layer, IReadOnlyList<Shape> inputs, string rule, int first, int other) =>
        new(
            Descriptors.BranchesDiffer,
            layer.TypeSpan,
            [$"{layer.Kind!.Type} joins {rule}, but {Written(layer, first)} gives {inputs[first]} and {Written(layer, other)} gives {inputs[other]}"],
            []);

    private static string Written(LayerSpec layer, int index) =>
        layer.Branches.IsEmpty ? $"'{layer.From[index].Name}'" : $"{BranchesKey}[{index}]";
}
