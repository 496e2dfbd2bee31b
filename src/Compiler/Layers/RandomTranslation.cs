using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class RandomTranslation : LayerKind
{
    private const string Reflect = "reflect";
    private const string Constant = "constant";
    private const string Bilinear = "bilinear";

    private static readonly Key<Interval> HeightFactor = Factor("height_factor", "the shift downwards, as a fraction of the height");
    private static readonly Key<Interval> WidthFactor = Factor("width_factor", "the shift to the right, as a fraction of the width");
    private static readonly Key<string> FillMode = new ChoiceKey("fill_mode", [Reflect, Constant, "wrap", "nearest"], "what comes in at the edges, see below").Or(Reflect);
    private static readonly Key<string> Interpolation = new ChoiceKey("interpolation", [Bilinear, "nearest"], "shifts by parts of a pixel, or by whole ones, rounded").Or(Bilinear);
    private static readonly Key<double> FillValue = new NumberKey("fill_value", NumberRange.Any, "what comes in with \"constant\"").Or(0);

    public override string Type => "RandomTranslation";

    public override string NamePrefix => "random_translation";

    public override string Summary => "In training, shifts each image along both axes, by amounts drawn uniformly between two bounds.";

    public override KeyTable Table { get; } = new(HeightFactor, WidthFactor, FillMode, Interpolation, FillValue);

    public override bool ActsInTrainingOnly => true;

    public override bool Check(LayerSpec layer, ValueReader reader)
    {
        if (!layer.IsComplete || layer.Get(FillMode) == Constant || layer.Get(FillValue) == 0)
        {
            return true;
        }

        reader.Report(Descriptors.Conflict, layer.SpanOf(FillValue), "\"fill_value\" needs \"fill_mode\": \"constant\"");
        return false;
    }

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage ? input : ShapeRules.NeedsImage(layer, input);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => $"{HeightFactor.Format(settings.Get(Table, HeightFactor))} {WidthFactor.Format(settings.Get(Table, WidthFactor))}";

    public override string Forward(PlannedLayer layer, string x) =>
        $"random_translation({x}, height_factor: {layer.Get(HeightFactor).ToTuple()}, width_factor: {layer.Get(WidthFactor).ToTuple()}"
        + (layer.Get(FillMode) is var mode and not Reflect ? $", fill_mode: global::FashionCnn.Models.FillMode.{Identifier.PascalCase(mode)}" : string.Empty)
        + (layer.Get(Interpolation) == Bilinear ? string.Empty : ", bilinear: false")
        + (layer.Get(FillValue) is var value and not 0 ? $", fill_value: {Text.Number(value)}" : string.Empty)
        + ")";

    private static Key<Interval> Factor(string name, string description) =>
        new IntervalKey(name, new NumberRange(-1, 1), description) { Single = SingleNumber.FromNegative }.Required();
}
