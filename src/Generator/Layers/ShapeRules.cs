using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Shapes;
using FashionCnn.Generator.Specs;

namespace FashionCnn.Generator.Layers;

/// <summary>The errors that several layer kinds share, with the fixes to try.</summary>
internal static class ShapeRules
{
    public static ShapeError NeedsImage(LayerSpec layer, Shape input) =>
        new(Descriptors.NeedsImage, layer.TypeSpan, [layer.Kind!.Type, Text.Plural(input.Channels, "value")], []);

    public static ShapeError NeedsVector(LayerSpec layer, Shape input) =>
        new(Descriptors.NeedsVector, layer.TypeSpan, [layer.Kind!.Type, input.ToString()], [FlattenBefore]);

    public static ShapeError GroupsDoNotDivide(LayerSpec layer, Key<int> groups, string what, long count, long divided) =>
        new(
            Descriptors.GroupsDoNotDivide,
            layer.SpanOf(groups),
            [$"{count}", $"the {Text.Count(divided)} {what}", $"{divided} / {count} leaves {divided % count}"],
            [.. GroupFixes(groups, count, divided)]);

    private static ShapeFix FlattenBefore => new(
        "With { \"type\": \"Flatten\" } before it,",
        layer =>
        [
            layer with { Kind = Flatten, Settings = Settings.Empty, ValueSpans = [], Branches = [], Name = "flatten", IsComplete = true },
            layer,
        ]);

    private static LayerKind Flatten => LayerTable.Find("Flatten")!;

    // The nearest smaller number that divides; 1 always does.
    private static IEnumerable<ShapeFix> GroupFixes(Key<int> groups, long count, long divided) =>
        Enumerable.Range(1, (int)Math.Min(count, 1024))
            .Select(step => (int)(count - step))
            .Where(candidate => candidate >= 1 && divided % candidate == 0)
            .Take(3)
            .Select(candidate => new ShapeFix($"With \"{groups.Name}\": {candidate}", each => [each.With(groups, candidate)]));
}
