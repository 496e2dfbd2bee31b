using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>The network as an outline: blocks, entries, branches.</summary>
internal static class Outline
{
    private const int Module = 2;
    private const int Class = 5;
    private const int Field = 8;
    private const int Function = 12;
    private const int Array = 18;
    private const int Object = 19;

    public static IReadOnlyList<DocumentSymbol> Of(SpecDocument document) =>
        Children(document, new SpecPlace(PlaceKind.Spec, document.Analysis.Root, null, null, [], null));

    private static IReadOnlyList<DocumentSymbol> Children(SpecDocument document, SpecPlace place) =>
        [.. place.Children().Select(child => Of(document, child)).OfType<DocumentSymbol>()];

    private static DocumentSymbol? Of(SpecDocument document, SpecPlace place)
    {
        switch (place.Kind)
        {
            case PlaceKind.Input:
                return Symbol("input", (place.Node as JsonObject)?.Find("shape") is { } shape ? document.Text.Substring(shape.Value.Span.Start, shape.Value.Span.Length) : null, Field, []);
            case PlaceKind.Blocks:
                return Symbol("blocks", null, Module, Children(document, place));
            case PlaceKind.Block:
                var parameters = ((place.Node as JsonObject)?.Find("parameters")?.Value as JsonArray)?.Items.OfType<JsonString>().Select(name => name.Value) ?? [];
                return Symbol(place.Member!.Name, string.Join(", ", parameters), Function, [.. place.Children().Where(child => child.Kind == PlaceKind.Entries).SelectMany(list => Children(document, list))]);
            case PlaceKind.Entries when place.Member is { } member:
                return Symbol(member.Name, null, Array, Children(document, place));
            case PlaceKind.Entry when place.Node is JsonObject entry:
                return Entry(document, place, entry);
            case PlaceKind.Training:
                return Symbol("training", null, Object, []);
            default:
                return null;
        }

        DocumentSymbol Symbol(string name, string? detail, int kind, IReadOnlyList<DocumentSymbol> children) => Make(
            document, name, detail, kind, place.Member is { } member ? TextSpan.FromBounds(member.NameSpan.Start, Math.Max(member.NameSpan.End, place.Node.Span.End)) : place.Node.Span, place.Member?.NameSpan ?? place.Node.Token, children);
    }

    private static DocumentSymbol Entry(SpecDocument document, SpecPlace place, JsonObject entry)
    {
        var name = (entry.Find("name")?.Value as JsonString)?.Value;
        var uses = document.Entries.Of(entry);
        var lists = place.Children().Where(child => child.Kind is PlaceKind.Entries or PlaceKind.Branches).ToList();
        var children = lists.SelectMany(list => list.Kind == PlaceKind.Entries
            ? Children(document, list)
            : list.Children().Select((branch, i) => Make(document, $"branch {i + 1}", null, Array, branch.Node.Span, branch.Node.Token, Children(document, branch)))).ToList();
        if (entry.Find("repeat") is { } repeat)
        {
            return Symbol($"repeat {Written(repeat.Value)}", name, Module);
        }

        if (entry.Find("block") is { } block)
        {
            return Symbol(Written(block.Value).Trim('"'), name is null ? "block" : $"block, {name}", Function);
        }

        var type = (entry.Find("type")?.Value as JsonString)?.Value ?? "?";
        return uses is [var first, ..]
            ? Symbol(
                uses.Count == 1 ? first.Layer.Name : $"{first.Layer.Name} ×{Text.Count(uses.Count)}", first.Planned is { } planned ? $"{planned.KindAndLabel} {planned.Output}" : type, Class)
            : Symbol(name ?? type, name is null ? null : type, Class);

        string Written(JsonNode node) => document.Text.Substring(node.Span.Start, node.Span.Length);

        DocumentSymbol Symbol(string title, string? detail, int kind) => Make(document, title.Length == 0 ? "?" : title, detail, kind, entry.Span, entry.Token, children);
    }

    private static DocumentSymbol Make(SpecDocument document, string name, string? detail, int kind, TextSpan span, TextSpan selection, IReadOnlyList<DocumentSymbol> children) =>
        // The protocol takes no symbol without a name.
        new(name.Length == 0 ? "\"\"" : name, detail is { Length: 0 } ? null : detail, kind, document.Lines.RangeOf(span), document.Lines.RangeOf(selection), children);
}
