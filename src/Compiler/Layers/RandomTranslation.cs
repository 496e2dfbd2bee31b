using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomTranslation : LayerKind
{
    private static readonly Key<Interval> HeightFactor = Factor("height_factor", "the shift downwards, as a fraction of the height");
    private static readonly Key<Interval> WidthFactor = Factor("width_factor", "the shift to the right, as a fraction of the width");
    private static readonly MotionKeys Motion = MotionKeys.Create("shifts by parts of a pixel, or by whole ones, rounded");

    public override string Type => "RandomTranslation";

    public override string NamePrefix => "random_translation";

    public override string Summary => "In training, shifts each image along both axes, by amounts drawn uniformly between two bounds.";

    public override KeyTable Table { get; } = new([HeightFactor, WidthFactor, .. Motion.All]);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, Defaults = KerasDefault.Null("seed") };

    public override bool ActsInTrainingOnly => true;

    public override bool Check(LayerSpec layer, ValueReader reader) => Motion.Check(layer, reader);

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => $"{HeightFactor.Format(settings.Get(Table, HeightFactor))} {WidthFactor.Format(settings.Get(Table, WidthFactor))}";

    public override string Forward(PlannedLayer layer, string x) =>
        $"random_translation({x}, height_factor: {layer.Get(HeightFactor).ToTuple()}, width_factor: {layer.Get(WidthFactor).ToTuple()}{Motion.Arguments(layer)})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;

    private static Key<Interval> Factor(string name, string description) =>
        new IntervalKey(name, new NumberRange(-1, 1), description) { Single = SingleNumber.FromNegative }.Required();
}
