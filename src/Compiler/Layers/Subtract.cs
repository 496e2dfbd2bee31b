using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Subtract : ElementwiseMerge
{
    public override string Type => "Subtract";

    public override IReadOnlyList<string> OtherNames => ["Sub"];

    public override string NamePrefix => "subtract";

    public override string Summary => "The first value minus the second, of one shape: the outputs of two branches or of the two layers named in \"from\".";

    protected override string Operation => "subtract";

    protected override OnnxOperator OnnxOperation => OnnxOperator.Sub;

    protected override string PyTorchOf(string first, string second) => $"{first} - {second}";

    public override ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> inputs) => inputs.Count == 2
        ? base.Join(layer, inputs)
        : new ShapeError(Descriptors.BranchesDiffer, layer.TypeSpan, [$"Subtract takes exactly two inputs, the second away from the first, but has {inputs.Count}"], []);
}
