using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class ELU : LayerKind
{
    private static readonly Key<double> Alpha = new NumberKey("alpha", NumberRange.ZeroOrMore, "the output stays above -alpha").Or(1);

    public override string Type => "ELU";

    public override string NamePrefix => "elu";

    public override string Summary => "x where positive, alpha · (exp(x) - 1) elsewhere.";

    public override LayerFamily Family => LayerFamily.Activation;

    public override KeyTable Table { get; } = new(Alpha);

    public override KerasForm Keras { get; } = new() { IsBuiltAtOnce = true };

    public override string LastActivation(Settings settings) => "elu";

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => Text.Number(settings.Get(Table, Alpha));

    public override string Forward(PlannedLayer layer, string x) => $"elu({x}{(layer.Get(Alpha) is var alpha and not 1 ? $", {Text.Number(alpha)}" : string.Empty)})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x.To(OnnxOperator.Elu).WithNumber("alpha", layer.Get(Alpha));

    public override string PyTorch(PlannedLayer layer, string x) => $"F.elu({x}{(layer.Get(Alpha) is var alpha and not 1 ? $", {Text.Number(alpha)}" : string.Empty)})";
}
