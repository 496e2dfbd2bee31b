using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class Rescaling : LayerKind
{
    private static readonly Key<double> Scale = new NumberKey("scale", NumberRange.Any, "the factor").Required();
    private static readonly Key<double> Offset = new NumberKey("offset", NumberRange.Any, "what is added").Or(0);

    public override string Type => "Rescaling";

    public override IReadOnlyList<string> OtherNames => ["Rescale"];

    public override string NamePrefix => "rescaling";

    public override string Summary => "x · scale + offset.";

    public override KeyTable Table { get; } = new(Scale, Offset);

    public override KerasForm Keras { get; } = new() { Addend = "CustomScaleLayer", Operations = [("ops.Multiply", 0), ("ops.Add", 1)], Pixels = PixelRole.Scales };

    public override (double Scale, double Offset)? Rescales(Settings settings) => (settings.Get(Table, Scale), settings.Get(Table, Offset));

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => $"{Text.Number(settings.Get(Table, Scale))} x + {Text.Number(settings.Get(Table, Offset))}";

    public override string Forward(PlannedLayer layer, string x) => $"rescale({x}, scale: {Text.Number(layer.Get(Scale))}, offset: {Text.Number(layer.Get(Offset))})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x.To(OnnxOperator.Mul, layer.Get(Scale)).To(OnnxOperator.Add, layer.Get(Offset));

    public override string PyTorch(PlannedLayer layer, string x) => $"{x} * {Text.Number(layer.Get(Scale))} + {Text.Number(layer.Get(Offset))}";
}
