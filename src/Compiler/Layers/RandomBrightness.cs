using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomBrightness : LayerKind
{
    private static readonly Key<Interval> Factor = new IntervalKey("factor", new NumberRange(-1, 1), "what is added, as a fraction of the range of pixels, drawn uniformly") { Single = SingleNumber.FromNegative }.Required();
    private static readonly Key<Interval> ValueRange = CommonKeys.ValueRange("the range of pixels, to which the values are clipped");

    public override string Type => "RandomBrightness";

    public override string NamePrefix => "random_brightness";

    public override string Summary => "In training, adds a number to all values of each image.";

    public override KeyTable Table { get; } = new(Factor, ValueRange);

    public override KerasForm Keras { get; } = new() { Defaults = KerasDefault.Null("seed") };

    public override bool ActsInTrainingOnly => true;

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => Factor.Format(settings.Get(Table, Factor));

    public override string Forward(PlannedLayer layer, string x) => $"random_brightness({x}, factor: {layer.Get(Factor).ToTuple()}, value_range: {layer.Get(ValueRange).ToTuple()})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;
}
