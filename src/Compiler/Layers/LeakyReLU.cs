using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class LeakyReLU : LayerKind
{
    private static readonly Key<double> NegativeSlope = new NumberKey("negative_slope", NumberRange.ZeroOrMore, "the factor of negative values").Or(0.3);

    public override string Type => "LeakyReLU";

    public override string NamePrefix => "leaky_relu";

    public override string Summary => "x where positive, negative_slope · x elsewhere.";

    public override LayerFamily Family => LayerFamily.Activation;

    public override KeyTable Table { get; } = new(NegativeSlope);

    public override KerasForm Keras { get; } = new() { IsBuiltAtOnce = true };

    public override string LastActivation(Settings settings) => "leaky_relu";

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => Text.Number(settings.Get(Table, NegativeSlope));

    public override string Forward(PlannedLayer layer, string x) => $"leaky_relu({x}, {Text.Number(layer.Get(NegativeSlope))})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x.To(OnnxOperator.LeakyRelu).WithNumber("alpha", layer.Get(NegativeSlope));

    public override string PyTorch(PlannedLayer layer, string x) => $"F.leaky_relu({x}, {Text.Number(layer.Get(NegativeSlope))})";
}
