using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class GaussianNoise : LayerKind
{
    private static readonly Key<double> Stddev = new NumberKey("stddev", NumberRange.UpToOne, "the standard deviation of the noise").Required();

    public override string Type => "GaussianNoise";

    public override string NamePrefix => "gaussian_noise";

    public override string Summary => "In training, adds normal noise to every value; in evaluation, does nothing.";

    public override KeyTable Table { get; } = new(Stddev);

    public override KerasForm Keras { get; } = new() { Defaults = KerasDefault.Null("seed"), IsBuiltAtOnce = true };

    public override bool ActsInTrainingOnly => true;

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => Text.Number(settings.Get(Table, Stddev));

    public override string Forward(PlannedLayer layer, string x) => $"gaussian_noise({x}, {Text.Number(layer.Get(Stddev))})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;
}
