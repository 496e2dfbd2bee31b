using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomContrast : LayerKind
{
    private static readonly Key<Interval> Factor = new IntervalKey("factor", NumberRange.UpToOne, "how far the contrast goes: it is multiplied by a number from 1 - low to 1 + high, drawn uniformly") { Single = SingleNumber.FromZero }.Required();
    private static readonly Key<Interval> ValueRange = CommonKeys.ValueRange("the range of pixels, to which the values are clipped");

    public override string Type => "RandomContrast";

    public override string NamePrefix => "random_contrast";

    public override string Summary => "In training, changes the contrast of each image: the distance of every value from its channel's mean.";

    public override KeyTable Table { get; } = new(Factor, ValueRange);

    public override KerasForm Keras { get; } = new() { Defaults = KerasDefault.Null("seed") };

    public override bool ActsInTrainingOnly => true;

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => Factor.Format(settings.Get(Table, Factor));

    public override string Forward(PlannedLayer layer, string x) => $"random_contrast({x}, factor: {layer.Get(Factor).ToTuple()}, value_range: {layer.Get(ValueRange).ToTuple()})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;
}
