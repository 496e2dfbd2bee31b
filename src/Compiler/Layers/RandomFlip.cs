using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomFlip : LayerKind
{
    private static readonly EquatableArray<string> Modes = ["horizontal", "vertical", "horizontal_and_vertical"];
    private static readonly Key<string> Mode = new ChoiceKey("mode", Modes, "the axes").Or("horizontal_and_vertical");

    public override string Type => "RandomFlip";

    public override string NamePrefix => "random_flip";

    public override string Summary => "In training, mirrors each image with probability 1/2 along each axis of the mode.";

    public override KeyTable Table { get; } = new(Mode);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, Defaults = KerasDefault.Null("seed") };

    public override bool ActsInTrainingOnly => true;

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => settings.Get(Table, Mode);

    public override string Forward(PlannedLayer layer, string x) => $"random_flip({x}, horizontal: {(layer.Get(Mode) != "vertical" ? "true" : "false")}, vertical: {(layer.Get(Mode) != "horizontal" ? "true" : "false")})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => x;
}
