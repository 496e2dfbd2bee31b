using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>The errors that several layer kinds share, with the fixes to try.</summary>
internal static class ShapeRules
{
    public static ShapeError NeedsImage(LayerSpec layer, Shape input) =>
        new(Descriptors.NeedsImage, layer.TypeSpan, [layer.Kind!.Type, Text.Plural(input.Channels, "value")], []);

    /// <summary>The output of a window that moves over an image.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="noun">What the window is called: a kernel or a pool.</param>
    /// <param name="size">The key of its size.</param>
    /// <param name="padding">The key of the padding.</param>
    /// <param name="height">The window over the rows.</param>
    /// <param name="width">The window over the columns.</param>
    /// <param name="input">An image.</param>
    /// <param name="channels">The channels of the output.</param>
    public static ShapeResult WindowOutput(
        LayerSpec layer, string noun, Key<Size> size, Key<string> padding, Window height, Window width, Shape input, long channels)
    {
        var output = Shape.Image(height.Output(input.Height), width.Output(input.Width), channels);
        if (output is { Height: > 0, Width: > 0 })
        {
            return output;
        }

        var (axis, formula) = output.Height <= 0 ? ("height", height.Formula(input.Height)) : ("width", width.Formula(input.Width));
        return new ShapeError(
            Descriptors.WindowDoesNotFit,
            layer.SpanOf(size),
            [noun, layer.Get(size).ToString(), input.ToString(), axis, formula],
            [
                ShapeFix.Set(layer, padding, "same"),
                ShapeFix.Set(layer, size, Size.One),
            ]);
    }

    public static ShapeError GroupsDoNotDivide(LayerSpec layer, Key<int> groups, string what, long count, long divided) =>
        new(
            Descriptors.GroupsDoNotDivide,
            layer.SpanOf(groups),
            [$"{count}", $"the {Text.Count(divided)} {what}", $"{divided} / {count} leaves {divided % count}"],
            [.. GroupFixes(layer, groups, count, divided)]);

    /// <summary>A vector instead of an image before a layer, which may stand before the faulty one.</summary>
    public static ShapeFix FlattenBefore(LayerSpec target, bool isFaulty)
    {
        var kind = LayerTable.MakesVector;
        return new ShapeFix(
            $"With {{ \"type\": \"{kind.Type}\" }} before {(isFaulty ? "it" : target.Name)},",
            layer =>
            [
                layer with { Kind = kind, Settings = Settings.Empty, ValueSpans = [], Branches = [], Name = kind.NamePrefix, IsComplete = true, Id = -layer.Id },
                layer with { From = [] },
            ],
            FlattenBefore(target))
        { Target = target };
    }

    /// <summary>The change of the text that makes a vector of what a layer reads.</summary>
    public static SpecFix? FlattenBefore(LayerSpec target)
    {
        if (target.Node is not JsonObject entry)
        {
            return null;
        }

        var title = $"Add {LayerTable.MakesVector.Type} before {target.Name}";
        var type = $"\"type\": \"{LayerTable.MakesVector.Type}\"";
        // What the layer reads by name, its new neighbor reads.
        return entry.Find("from") is { } from
            ? new SpecFix(title, [SpecEdit.Insert(entry.Span.Start, $"{{ {type}, \"from\": {JsonText.Write(from.Value)} }}, "), SpecEdit.Remove(entry, from)])
            : new SpecFix(title, [SpecEdit.Insert(entry.Span.Start, $"{{ {type} }}, ")]);
    }

    // The nearest smaller number that divides; 1 always does.
    private static IEnumerable<ShapeFix> GroupFixes(LayerSpec layer, Key<int> groups, long count, long divided) =>
        Enumerable.Range(1, (int)Math.Min(count, 1024))
            .Select(step => (int)(count - step))
            .Where(candidate => candidate >= 1 && divided % candidate == 0)
            .Take(3)
            .Select(candidate => ShapeFix.Set(layer, groups, candidate));
}
