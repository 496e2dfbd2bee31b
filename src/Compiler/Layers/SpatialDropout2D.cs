using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class SpatialDropout2D : LayerKind
{
    private static readonly Key<double> Rate = new NumberKey("rate", NumberRange.Fraction, "the fraction of channels dropped").Required();

    public override string Type => "SpatialDropout2D";

    public override IReadOnlyList<string> OtherNames => ["Dropout2d"];

    public override string NamePrefix => "spatial_dropout";

    public override string Summary => "In training, drops whole channels at random and scales up the others; in evaluation, does nothing.";

    public override LayerFamily Family => LayerFamily.Dropout;

    public override KeyTable Table { get; } = new(Rate);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, LacksTrainable = true, Defaults = KerasDefault.Null("seed"), IsBuiltAtOnce = true };

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => Text.Number(settings.Get(Table, Rate));

    public override string Forward(PlannedLayer layer, string x) => $"dropout2d({x}, {Text.Number(layer.Get(Rate))})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

    public override string PyTorch(PlannedLayer layer, string x) => $"F.dropout2d({x}, {Text.Number(layer.Get(Rate))}, self.training)";
}
