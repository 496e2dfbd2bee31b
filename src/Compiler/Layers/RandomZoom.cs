using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomZoom : LayerKind
{
    private static readonly NumberRange Range = new(-1, 1);
    private static readonly Key<Interval> HeightFactor = new IntervalKey("height_factor", Range, "how much more of the height is seen, as a fraction: below 0 the image grows, above 0 it shrinks") { Single = SingleNumber.FromNegative }.Required();
    private static readonly Key<Interval> WidthFactor = new IntervalKey("width_factor", Range, "the same of the width, drawn on its own") { Single = SingleNumber.FromNegative }.OrElse("what is drawn for the height");
    private static readonly MotionKeys Motion = MotionKeys.Create("takes values from between pixels, or from the nearest one");

    public override string Type => "RandomZoom";

    public override string NamePrefix => "random_zoom";

    public override string Summary => "In training, enlarges or shrinks each image about its center, by factors drawn uniformly between two bounds.";

    public override KeyTable Table { get; } = new([HeightFactor, WidthFactor, .. Motion.All]);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, Defaults = KerasDefault.Null("seed") };

    public override bool ActsInTrainingOnly => true;

    public override bool Check(LayerSpec layer, ValueReader reader) => Motion.Check(layer, reader);

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => HeightFactor.Format(settings.Get(Table, HeightFactor))
        + (settings.Find(Table, WidthFactor) is Interval width ? $" {WidthFactor.Format(width)}" : string.Empty);

    public override string Forward(PlannedLayer layer, string x) => $"random_zoom({x}, height_factor: {layer.Get(HeightFactor).ToTuple()}"
        + (layer.Settings.Find(Table, WidthFactor) is Interval width ? $", width_factor: {width.ToTuple()}" : string.Empty)
        + $"{Motion.Arguments(layer)})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;
}
