using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class StochasticDepth : LayerKind
{
    private static readonly Key<double> Rate = new NumberKey("rate", NumberRange.Fraction, "the fraction of images dropped").Required();

    public override string Type => "StochasticDepth";

    public override IReadOnlyList<string> OtherNames => ["DropPath"];

    public override string NamePrefix => "stochastic_depth";

    public override string Summary => "In training, sets all values of randomly chosen images to 0 and scales up the others, usually at the end of a branch; in evaluation, does nothing.";

    public override LayerFamily Family => LayerFamily.Dropout;

    public override KeyTable Table { get; } = new(Rate);

    public override KerasForm Keras { get; } = new() { Class = "keras.layers.Dropout", Fixed = [("noise_shape", "[null,1,1,1]", "[null,1]")], Defaults = KerasDefault.Null("seed"), IsBuiltAtOnce = true };

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => Text.Number(settings.Get(Table, Rate));

    public override string Forward(PlannedLayer layer, string x) => $"stochastic_depth({x}, {Text.Number(layer.Get(Rate))})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;
}
