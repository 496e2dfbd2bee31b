using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomRotation : LayerKind
{
    private static readonly Key<Interval> Factor = new IntervalKey("factor", new NumberRange(-1, 1), "the angle counterclockwise, as a fraction of a full turn") { Single = SingleNumber.FromNegative }.Required();
    private static readonly MotionKeys Motion = MotionKeys.Create("takes values from between pixels, or from the nearest one");

    public override string Type => "RandomRotation";

    public override IReadOnlyList<string> OtherNames => ["RandomRotate"];

    public override string NamePrefix => "random_rotation";

    public override string Summary => "In training, turns each image about its center, by an angle drawn uniformly between two bounds.";

    public override KeyTable Table { get; } = new([Factor, .. Motion.All]);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, Defaults = KerasDefault.Null("seed") };

    public override bool ActsInTrainingOnly => true;

    public override bool Check(LayerSpec layer, ValueReader reader) => Motion.Check(layer, reader);

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => Factor.Format(settings.Get(Table, Factor));

    public override string Forward(PlannedLayer layer, string x) => $"random_rotation({x}, factor: {layer.Get(Factor).ToTuple()}{Motion.Arguments(layer)})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;
}
