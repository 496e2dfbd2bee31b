using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

/// <summary>A layer that joins branches, each of which reads the entry's input.</summary>
internal abstract class Merge : LayerKind
{
    /// <summary>The key of the branches, which are lists of layers and no values.</summary>
    public const string BranchesKey = "branches";

    public override LayerFamily Family => LayerFamily.Merge;

    public override KeyTable Table => KeyTable.Empty;

    public sealed override bool JoinsBranches => true;

    public abstract override ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> branches);

    public abstract override string Forward(IReadOnlyList<string> branches);

    public sealed override ShapeResult Infer(LayerSpec layer, Shape input) => throw new NotSupportedException("A merge joins branches.");

    public sealed override string Forward(PlannedLayer layer, string x) => throw new NotSupportedException("A merge joins branches.");
}
