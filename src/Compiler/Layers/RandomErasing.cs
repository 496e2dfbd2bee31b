using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomErasing : LayerKind
{
    private static readonly Key<Interval> Factor = new IntervalKey("factor", NumberRange.UpToOne, "the probability that an image is erased, drawn uniformly for each image") { Single = SingleNumber.FromZero }.Or(new Interval(0, 1));
    private static readonly Key<Interval> Scale = new IntervalKey("scale", NumberRange.UpToOne, "the squared height and width of the rectangle, as fractions of the image's; each is drawn uniformly on its own") { Single = SingleNumber.FromZero }.Or(new Interval(0.02, 0.33));
    private static readonly Key<double> FillValue = new NumberKey("fill_value", NumberRange.Any, "what the rectangle becomes; without it, noise");
    private static readonly Key<Interval> ValueRange = CommonKeys.ValueRange("the range of pixels: the noise is normal, with the second number as its standard deviation, and clipped to the range");

    public override string Type => "RandomErasing";

    public override IReadOnlyList<string> OtherNames => ["RandomErase"];

    public override string NamePrefix => "random_erasing";

    public override string Summary => "In training, overwrites a random rectangle of some images; each image has its own probability.";

    public override KeyTable Table { get; } = new(Factor, Scale, FillValue, ValueRange);

    public override KerasForm Keras { get; } = new() { Defaults = KerasDefault.Null("seed") };

    public override bool ActsInTrainingOnly => true;

    // Keras changes such a value without a word.
    public override bool Check(LayerSpec layer, ValueReader reader)
    {
        if (!layer.IsComplete || layer.Find(FillValue) is not double value || layer.Get(ValueRange) is var range && value >= range.Low && value <= range.High)
        {
            return true;
        }

        reader.Report(Descriptors.Conflict, layer.SpanOf(FillValue), $"\"fill_value\" {Text.Number(value)} lies outside \"value_range\", {range}");
        return false;
    }

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => $"{Factor.Format(settings.Get(Table, Factor))} {Scale.Format(settings.Get(Table, Scale))}";

    public override string Forward(PlannedLayer layer, string x) =>
        $"random_erasing({x}, factor: {layer.Get(Factor).ToTuple()}, scale: {layer.Get(Scale).ToTuple()}"
        + (layer.Settings.Find(Table, FillValue) is double value ? $", fill_value: {Text.Number(value)}" : $", noise: {layer.Get(ValueRange).ToTuple()}")
        + ")";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;
}
