using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomErasing : LayerKind
{
    private static readonly Key<double> Rate = new NumberKey("rate", NumberRange.UpToOne, "the probability that an image is touched").Or(0.5);
    private static readonly Key<Interval> Scale = new IntervalKey("scale", "the smallest and the largest fraction of the area that is erased").Or(new Interval(0.02, 0.33));

    public override string Type => "RandomErasing";

    public override string NamePrefix => "random_erasing";

    public override string Summary => "In training, sets a random rectangle of each image to 0 with a given probability.";

    public override KeyTable Table { get; } = new(Rate, Scale);

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => $"{Text.Number(settings.Get(Table, Rate))} {settings.Get(Table, Scale)}";

    public override string Forward(PlannedLayer layer, string x) => $"random_erasing({x}, rate: {Text.Number(layer.Get(Rate))}, smallest: {Text.Number(layer.Get(Scale).Low)}, largest: {Text.Number(layer.Get(Scale).High)})";
}
