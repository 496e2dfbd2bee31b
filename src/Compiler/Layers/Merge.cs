using FashionCnn.Generator.Shapes;
using FashionCnn.Generator.Specs;

namespace FashionCnn.Generator.Layers;

/// <summary>A layer that joins branches, each of which reads the entry's input.</summary>
internal abstract class Merge : LayerKind
{
    /// <summary>The key of the branches, which are lists of layers and no values.</summary>
    public const string BranchesKey = "branches";

    public override KeyTable Table => KeyTable.Empty;

    /// <summary>The joined shape of the branches' outputs, two or more.</summary>
    public abstract ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> branches);

    /// <summary>The expression that joins the branches' values.</summary>
    public abstract string Forward(IReadOnlyList<string> branches);

    public sealed override ShapeResult Infer(LayerSpec layer, Shape input) => throw new NotSupportedException("A merge joins branches.");

    public sealed override string Forward(PlannedLayer layer, string x) => throw new NotSupportedException("A merge joins branches.");
}
