using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomTranslation : LayerKind
{
    private static readonly Key<double> HeightFactor = new NumberKey("height_factor", NumberRange.UpToOne, "the largest shift up or down, as a fraction of the height").Required();
    private static readonly Key<double> WidthFactor = new NumberKey("width_factor", NumberRange.UpToOne, "the largest shift left or right, as a fraction of the width").Required();

    public override string Type => "RandomTranslation";

    public override string NamePrefix => "random_translation";

    public override string Summary => "In training, shifts each image by a random whole number of pixels along each axis; empty pixels become 0.";

    public override KeyTable Table { get; } = new(HeightFactor, WidthFactor);

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => $"{Text.Number(settings.Get(Table, HeightFactor))} {Text.Number(settings.Get(Table, WidthFactor))}";

    public override string Forward(PlannedLayer layer, string x) => $"random_translation({x}, height_factor: {Text.Number(layer.Get(HeightFactor))}, width_factor: {Text.Number(layer.Get(WidthFactor))})";
}
