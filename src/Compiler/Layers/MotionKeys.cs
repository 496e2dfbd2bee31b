using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>The keys of layers that move the pixels of an image: what comes in at the edges, and what between pixels.</summary>
internal sealed record MotionKeys(Key<string> FillMode, Key<string> Interpolation, Key<double> FillValue)
{
    private const string Reflect = "reflect";
    private const string Constant = "constant";
    private const string Bilinear = "bilinear";

    public Key[] All => [FillMode, Interpolation, FillValue];

    /// <param name="interpolation">What the two words of <c>interpolation</c> stand for.</param>
    public static MotionKeys Create(string interpolation) => new(
        new ChoiceKey("fill_mode", [Reflect, Constant, "wrap", "nearest"], "what comes in at the edges, see below").Or(Reflect),
        new ChoiceKey("interpolation", [Bilinear, "nearest"], interpolation).Or(Bilinear),
        new NumberKey("fill_value", NumberRange.Any, "what comes in with \"constant\"").Or(0));

    public bool Check(LayerSpec layer, ValueReader reader)
    {
        if (!layer.IsComplete || layer.Get(FillMode) == Constant || layer.Get(FillValue) == 0)
        {
            return true;
        }

        reader.Report(Descriptors.Conflict, layer.SpanOf(FillValue), "\"fill_value\" needs \"fill_mode\": \"constant\"");
        return false;
    }

    /// <summary>The arguments of the operation; nothing for those that are its defaults.</summary>
    public string Arguments(PlannedLayer layer) =>
        (layer.Get(FillMode) is var mode and not Reflect ? $", fill_mode: global::FashionCnn.Models.FillMode.{Identifier.PascalCase(mode)}" : string.Empty)
        + (layer.Get(Interpolation) == Bilinear ? string.Empty : ", bilinear: false")
        + (layer.Get(FillValue) is var value and not 0 ? $", fill_value: {Text.Number(value)}" : string.Empty);
}
