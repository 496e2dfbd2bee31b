using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>What may be written at a place, in unfinished text too.</summary>
internal sealed class Completions
{
    private const int Class = 7;
    private const int Module = 9;
    private const int Property = 10;
    private const int Variable = 6;
    private const int Value = 12;
    private const int Reference = 18;

    private readonly SpecDocument document;
    private readonly int offset;
    private readonly bool takesSnippets;
    private readonly IReadOnlyList<SpecPlace> places;
    private readonly List<CompletionItem> items = [];
    private readonly JsonObject? blocks;

    private Completions(SpecDocument document, int offset, bool takesSnippets)
    {
        this.document = document;
        this.offset = offset;
        this.takesSnippets = takesSnippets;
        places = SpecPlace.At(document.Analysis.Root, document.Text, offset);
        blocks = (document.Analysis.Root as JsonObject)?.Find("blocks")?.Value as JsonObject;
    }

    public static IReadOnlyList<CompletionItem> At(SpecDocument document, int offset, bool takesSnippets)
    {
        var completions = new Completions(document, offset, takesSnippets);
        completions.Collect(completions.places[^1]);
        return completions.items;
    }

    private void Collect(SpecPlace place)
    {
        switch (place.Node)
        {
            case JsonObject node when place.Kind != PlaceKind.Blocks:
                AddKeys(place, node);
                break;
            case JsonArray when place.Kind == PlaceKind.Entries:
                AddEntries(Here());
                break;
            case JsonArray when place.Kind == PlaceKind.From:
                AddNames(Here());
                break;
            case JsonArray when place.Kind == PlaceKind.Value:
                AddParameters(place, Here());
                break;
            case not (JsonObject or JsonArray):
                AddValues(place);
                break;
        }
    }

    private TextSpan Here() => new(offset, 0);

    private void AddKeys(SpecPlace place, JsonObject node)
    {
        var edited = node.Members.FirstOrDefault(member => offset >= member.NameSpan.Start && offset <= member.NameSpan.End);
        var span = edited?.NameSpan ?? Here();
        // A key that has a value keeps it.
        var hasValue = edited is not null && edited.Value is not UnknownNode { Span.Length: 0 };
        var comma = hasValue ? string.Empty : Comma(span.End, '"');
        foreach (var key in place.Keys(blocks).Where(key => key.Name == edited?.Name || node.Find(key.Name) is null))
        {
            var name = JsonText.Quote(key.Name);
            Add(name, Property, key.Key is { } declared ? declared.Expected : null, span, hasValue ? SnippetText.Escaped(name) : $"{SnippetText.Escaped(name)}: {key.Value}{comma}", (key.IsRequired ? "0" : "1") + key.Name, key.Description);
        }
    }

    private void AddValues(SpecPlace place)
    {
        var span = place.Node is UnknownNode { Span.Length: 0 } || offset < place.Node.Span.Start ? Here() : place.Node.Span;
        var holder = places.Count > 1 ? places[^2] : place;
        var entry = places.LastOrDefault(candidate => candidate.Kind == PlaceKind.Entry && candidate.Node is JsonObject)?.Node as JsonObject;
        var comma = Comma(span.End, '"');
        switch (holder.Kind, place.Member?.Name)
        {
            case (PlaceKind.Entries, null):
                AddEntries(span);
                return;
            case (PlaceKind.Entry, "type"):
                foreach (var kind in LayerTable.Kinds)
                {
                    Add(JsonText.Quote(kind.Type), Class, null, span, SnippetText.OfType(kind, entry) + comma, kind.Type, kind.Summary);
                }

                return;
            case (PlaceKind.Entry, "block"):
                foreach (var block in blocks?.Members ?? [])
                {
                    Add(JsonText.Quote(block.Name), Module, "block", span, UseOf(block, entry) + comma, block.Name, null);
                }

                return;
            case (PlaceKind.Typed, "type"):
                foreach (var kind in holder.Objects)
                {
                    Add(JsonText.Quote(kind.Type), Class, null, span, SnippetText.OfType(kind, holder.Node as JsonObject) + comma, kind.Type, kind.Summary);
                }

                return;
            case (PlaceKind.Spec, "version"):
                Add($"{SpecBinder.Version}", Value, null, span, $"{SpecBinder.Version}{comma}", "1", null);
                return;
        }

        if (place.Kind == PlaceKind.From)
        {
            AddNames(span);
        }
        else if (place.Member is not null)
        {
            var objects = holder.Kind == PlaceKind.Training && place.Kind == PlaceKind.Typed ? place.Objects : place.Key?.Objects ?? [];
            foreach (var value in place.Key?.Values ?? [])
            {
                Add(value, Value, place.Key!.Name, span, SnippetText.Escaped(value) + comma, "0" + value, place.Key.Description);
            }

            foreach (var kind in objects)
            {
                Add($"{{ {kind.Type} }}", Class, null, span, $"{{ \"type\": {SnippetText.OfType(kind, null)} }}{comma}", "1" + kind.Type, kind.Summary);
            }
        }

        if (place.Member?.Name != "name")
        {
            AddParameters(place, span);
        }
    }

    private void AddEntries(TextSpan span)
    {
        var comma = Comma(span.End, '{');
        foreach (var kind in LayerTable.Kinds)
        {
            Add(JsonText.Quote(kind.Type), Class, null, span, $"{{ \"type\": {SnippetText.OfType(kind, null)} }}{comma}", "1" + kind.Type, kind.Summary);
        }

        foreach (var block in blocks?.Members ?? [])
        {
            Add(JsonText.Quote(block.Name), Module, "block", span, $"{{ \"block\": {UseOf(block, null)} }}{comma}", "0" + block.Name, null);
        }

        Add("\"repeat\"", Module, null, span, $"{{ \"repeat\": ${{1:2}}, \"layers\": [$2] }}{comma}", "2", "The layers, several times one after the other.");
    }

    private static string UseOf(JsonMember block, JsonObject? entry)
    {
        var place = 1;
        var parameters = ((block.Value as JsonObject)?.Find("parameters")?.Value as JsonArray)?.Items.OfType<JsonString>().Select(name => name.Value) ?? [];
        return SnippetText.Escaped(JsonText.Quote(block.Name)) + string.Concat(parameters.Where(name => entry?.Find(name) is null).Select(name => $", {SnippetText.Escaped(JsonText.Quote(name))}: ${{{place++}:1}}"));
    }

    private void AddNames(TextSpan span)
    {
        if (places.LastOrDefault(candidate => candidate.Kind == PlaceKind.Entry)?.Node is not { } entry)
        {
            return;
        }

        var order = 0;
        foreach (var name in document.Analysis.NamesAt(entry))
        {
            var text = JsonText.Quote(name);
            Add(text, Reference, null, span, SnippetText.Escaped(text) + Comma(span.End, '"'), $"{order++:d4}", name == NameScope.Input ? "What the first entry of the list reads." : null);
        }
    }

    /// <summary>Within a block, its parameters.</summary>
    private void AddParameters(SpecPlace place, TextSpan span)
    {
        var parameters = (place.Block?.Value as JsonObject)?.Find("parameters")?.Value as JsonArray;
        if (!places.Any(candidate => candidate.Kind == PlaceKind.Entry))
        {
            return;
        }

        foreach (var name in parameters?.Items.OfType<JsonString>().Select(name => name.Value) ?? [])
        {
            var text = JsonText.Quote($"${name}");
            Add(text, Variable, $"parameter of {place.Block!.Name}", span, SnippetText.Escaped(text) + Comma(span.End, '"'), $"2{name}", null);
        }
    }

    /// <summary>A comma where something follows that needs one before it.</summary>
    private string Comma(int place, char next)
    {
        var text = document.Text;
        while (place < text.Length)
        {
            if (char.IsWhiteSpace(text[place]))
            {
                place++;
            }
            else if (string.CompareOrdinal(text, place, "//", 0, 2) == 0)
            {
                place = text.IndexOf('\n', place) is >= 0 and var end ? end : text.Length;
            }
            else if (string.CompareOrdinal(text, place, "/*", 0, 2) == 0)
            {
                place = text.IndexOf("*/", place + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : text.Length;
            }
            else
            {
                break;
            }
        }

        return place < text.Length && text[place] == next ? "," : string.Empty;
    }

    /// <summary>A comma where something stands before that needs one behind it.</summary>
    private string CommaBefore(int place)
    {
        var before = document.Text.AsSpan(0, place).TrimEnd();
        return before.Length == 0 || before[^1] is '{' or '[' or ',' or ':' or '/' ? string.Empty : ", ";
    }

    /// <param name="label">What is shown and what typed text is compared with: as the text has it, with quotes.</param>
    /// <param name="kind">The protocol's number of the kind.</param>
    /// <param name="detail">Shown beside it.</param>
    /// <param name="span">What it replaces.</param>
    /// <param name="snippet">What it inserts.</param>
    /// <param name="sort">Its place among the others.</param>
    /// <param name="documentation">What it is.</param>
    private void Add(string label, int kind, string? detail, TextSpan span, string snippet, string sort, string? documentation)
    {
        snippet = CommaBefore(span.Start) + snippet;
        var plain = SnippetText.Plain(snippet);
        var isSnippet = takesSnippets && plain != snippet;
        items.Add(new CompletionItem(label, kind, detail, new TextEdit(document.Lines.RangeOf(span), isSnippet ? snippet : plain))
        {
            Documentation = documentation is null ? null : new MarkupContent(documentation),
            SortText = sort,
            InsertTextFormat = isSnippet ? 2 : 1,
        });
    }
}
