using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>After each layer what it gives and how many parameters it has, and the totals after the last.</summary>
internal static class ShapeHints
{
    /// <param name="document">The document.</param>
    /// <param name="span">The part of it that is shown.</param>
    public static IReadOnlyList<InlayHint> In(SpecDocument document, TextSpan span)
    {
        var hints = new List<InlayHint>();
        foreach (var (entry, uses) in document.Entries.Layers)
        {
            if (entry.Span.End >= span.Start && entry.Span.End <= span.End && uses[0].Planned is { } first)
            {
                hints.Add(new InlayHint(document.Lines.PositionOf(entry.Span.End), Label(first, uses), PaddingLeft: true, Tooltip(first, uses)));
            }
        }

        if (document.Analysis.Root is JsonObject spec && spec.Find("layers")?.Value is JsonArray list && list.Span.End >= span.Start && list.Span.End <= span.End && Total(document) is { } total)
        {
            hints.Add(new InlayHint(document.Lines.PositionOf(list.Span.End), total, PaddingLeft: true, "Parameters and multiply-accumulates per image"));
        }

        return [.. hints.OrderBy(hint => hint.Position.Line).ThenBy(hint => hint.Position.Character)];
    }

    /// <summary><c>28x28x64 · 36,928 ×2</c>: of several uses the first, and whether the others are like it.</summary>
    private static string Label(PlannedLayer first, IReadOnlyList<LayerUse> uses)
    {
        var label = first.Counts.Parameters == 0 ? $"{first.Output}" : $"{first.Output} · {Text.Count(first.Counts.Parameters)}";
        if (uses.Count == 1)
        {
            return label;
        }

        var planned = uses.Select(use => use.Planned).OfType<PlannedLayer>().ToList();
        var shapes = planned.Select(layer => layer.Output).Distinct().Count();
        var sizes = planned.Select(layer => layer.Counts.Parameters).Distinct().Count();
        return shapes > 1 ? $"{label}, {Text.Count(shapes)} shapes" : sizes > 1 ? $"{label}, {Text.Count(sizes)} sizes" : $"{label} ×{Text.Count(uses.Count)}";
    }

    private static string Tooltip(PlannedLayer first, IReadOnlyList<LayerUse> uses) => uses.Count == 1
        ? $"{first.Name}: {first.Input} -> {first.Output}, {Text.Plural(first.Counts.Parameters, "parameter")}"
        : $"{first.Name}, the first of {Text.Count(uses.Count)}: {first.Input} -> {first.Output}, {Text.Plural(first.Counts.Parameters, "parameter")}";

    /// <summary>The sums over all layers; null when one is not known.</summary>
    private static string? Total(SpecDocument document)
    {
        var uses = document.Entries.All;
        if (uses.Count == 0 || document.Analysis.Bound!.Layers.Any(layer => layer.Kind is null) || uses.Any(use => use.Planned is null))
        {
            return null;
        }

        try
        {
            var counts = uses.Aggregate(default(LayerCounts), (sum, use) => sum + use.Planned!.Counts);
            return $"total {Text.Plural(counts.Parameters, "parameter")} · {Text.Count(counts.MultiplyAccumulates)} MACs";
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
