using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>What is known of the place under the pointer.</summary>
internal static class HoverText
{
    private const int MostUses = 8;

    /// <param name="document">The document.</param>
    /// <param name="offset">The place.</param>
    /// <param name="findings">What is said about the document.</param>
    public static Hover? At(SpecDocument document, int offset, IReadOnlyList<SpecDiagnostic> findings)
    {
        var (span, parts) = Describe(document, offset);
        var said = findings.Where(found => offset >= found.Span.Start && offset <= found.Span.End).DistinctBy(found => found.Rule.Id).ToList();
        parts.AddRange(said.Where(found => Explanations.Of(found.Rule.Id) is not null).Select(found => $"**{found.Rule.Id}** {Explanations.Of(found.Rule.Id)}"));
        if (parts.Count == 0)
        {
            return null;
        }

        return new Hover(new MarkupContent(string.Join("\n\n---\n\n", parts)), document.Lines.RangeOf(span ?? said[0].Span));
    }

    private static (TextSpan? Span, List<string> Parts) Describe(SpecDocument document, int offset)
    {
        var places = SpecPlace.At(document.Analysis.Root, document.Text, offset);
        var place = places[^1];
        var entry = places.LastOrDefault(candidate => candidate.Kind == PlaceKind.Entry && candidate.Node is JsonObject)?.Node as JsonObject;
        if (Navigation.At(document, offset) is ({ Kind: SymbolKind.Parameter } parameter, var name))
        {
            return (name, [OfParameter(document, parameter)]);
        }

        var member = place.Node is JsonObject node ? node.Members.FirstOrDefault(candidate => offset >= candidate.NameSpan.Start && offset <= candidate.NameSpan.End) : place.Member;
        var holder = place.Node is JsonObject ? place : places.Count > 1 ? places[^2] : place;
        if (member is null)
        {
            // Of a layer itself, its braces and the space within.
            return place.Kind == PlaceKind.Entry && entry is not null && OfEntry(document, entry) is { } text ? (entry.Token, [text]) : (null, []);
        }

        var span = place.Node is JsonObject ? member.NameSpan : place.Node.Span;
        if (holder.Node == entry && entry is not null && member.Name is "type" or "repeat" or "block" && OfEntry(document, entry!) is { } whole)
        {
            return (span, [whole]);
        }

        if (holder.Kind == PlaceKind.Typed && member.Name == "type" && holder.Objects.FirstOrDefault(kind => member.Value is JsonString type && type.Value == kind.Type) is { } chosen)
        {
            return (span, [$"**{chosen.Type}**\n\n{chosen.Summary}\n\n{Table(chosen.Table, null)}"]);
        }

        return holder.Keys(document.Analysis.Root is JsonObject spec ? spec.Find("blocks")?.Value as JsonObject : null).FirstOrDefault(key => key.Name == member.Name) is { } key
            ? (span, [OfKey(key)])
            : (null, []);
    }

    private static string OfKey(KeyText key) => key.Key is not { } declared ? $"**{key.Name}**: {key.Description}"
        : $"**{key.Name}**: {declared.Description}.\n\nTakes {declared.Expected}. {DefaultOf(declared)}";

    private static string DefaultOf(Key key) => key.IsRequired ? "Required."
        : key.Default is { } value ? $"Default: `{key.Format(value)}`."
        : key.DefaultText is { } text ? $"Default: {text}."
        : "Default: none.";

    private static string OfParameter(SpecDocument document, Symbol symbol)
    {
        var values = symbol.Values.Select(value => value is ComputedNumber computed ? computed.Text : Written(document, value.Span)).Distinct().ToList();
        return $"**{symbol.Name}**: a parameter.\n\n{(values.Count == 0 ? "No use of the block gives it a value." : $"Values: {string.Join(", ", values.Select(value => $"`{value}`"))}")}";
    }

    private static string? OfEntry(SpecDocument document, JsonObject entry)
    {
        if (entry.Find("type") is null)
        {
            return OfExpansion(document, entry);
        }

        if (SpecPlace.LayerKindOf(entry) is not { } kind)
        {
            return null;
        }

        var uses = document.Entries.Of(entry);
        var lines = uses.Take(MostUses).Select(Line).ToList();
        if (uses.Count > MostUses)
        {
            lines.Add($"- and {Text.Count(uses.Count - MostUses)} more");
        }

        return $"**{kind.Type}**\n\n{kind.Summary}\n\n{string.Join('\n', lines)}\n\n{Table(kind.Table, uses.Count == 0 ? null : uses[0].Layer.Settings)}";
    }

    private static string Line(LayerUse use)
    {
        if (use.Planned is not { } layer)
        {
            return $"- `{use.Layer.Name}`: its shapes are not known";
        }

        var counts = layer.Counts;
        return $"- `{layer.Name}`: {layer.Input} → {layer.Output}, {Text.Plural(counts.Parameters, "parameter")}{(counts.NonTrainable == 0 ? string.Empty : $" ({Text.Count(counts.NonTrainable)} not trainable)")}, {Text.Count(counts.MultiplyAccumulates)} MACs"
            + (layer.Kind.HasMember(layer.Settings) ? $"; C# member `{layer.Member}` ({layer.Kind.MemberType})" : string.Empty);
    }

    private static string Table(KeyTable table, Settings? settings)
    {
        if (table.Keys.IsEmpty)
        {
            return string.Empty;
        }

        var rows = table.Keys.Select((key, i) => $"| {key.Name} | {(settings?.Values[i] is { } value ? $"`{key.Format(value)}`" : string.Empty)} | {Default(key)} |");
        return $"| key | here | default |\n|---|---|---|\n{string.Join('\n', rows)}";

        static string Default(Key key) => key.IsRequired ? "required" : key.Default is { } value ? $"`{key.Format(value)}`" : key.DefaultText ?? "none";
    }

    /// <summary>What a repetition or a use of a block becomes.</summary>
    private static string? OfExpansion(SpecDocument document, JsonObject entry)
    {
        var (layers, times) = document.Entries.Expansion(entry);
        if (layers.Count == 0)
        {
            return null;
        }

        var names = layers.Select(use => use.Layer.Name).ToList();
        var title = entry.Find("repeat") is { } repeat ? $"**repeat {Written(document, repeat.Value.Span)}**" : $"**block {Written(document, entry.Find("block")!.Value.Span)}**";
        var counts = layers.Any(use => use.Planned is null) ? "Some of their shapes are not known."
            : $"{Text.Plural(layers.Sum(use => (decimal)use.Planned!.Counts.Parameters) is var sum and <= long.MaxValue ? (long)sum : long.MaxValue, "parameter")}; the last gives {layers[^1].Planned!.Output}.";
        return $"{title}\n\nBecomes {Text.Plural(layers.Count, "layer")}: {Text.Names([.. names.Select(name => $"`{name}`")])}.\n\n{counts}"
            + (times == 1 ? string.Empty : $"\n\nThis is the first of {Text.Count(times)} times.");
    }

    private static string Written(SpecDocument document, TextSpan span) => document.Text.Substring(span.Start, span.Length);
}
