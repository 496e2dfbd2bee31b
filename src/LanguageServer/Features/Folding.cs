using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>Objects, arrays and comments that take several lines.</summary>
internal static class Folding
{
    public static IReadOnlyList<FoldingRange> Of(SpecDocument document)
    {
        var ranges = new List<FoldingRange>();
        Add(document.Analysis.Root);
        // Where the text is not JSON, what looks like a comment may be inside a string.
        if (document.Analysis.IsJson)
        {
            foreach (var comment in Comments.Of(document.Text))
            {
                Fold(comment, isBracket: false, "comment");
            }
        }

        return [.. ranges.DistinctBy(range => range.StartLine).OrderBy(range => range.StartLine)];

        void Add(JsonNode node)
        {
            switch (node)
            {
                case JsonObject value:
                    Fold(value.Span, isBracket: true, null);
                    value.Members.ToList().ForEach(member => Add(member.Value));
                    break;
                case JsonArray value:
                    Fold(value.Span, isBracket: true, null);
                    value.Items.ToList().ForEach(Add);
                    break;
            }
        }

        void Fold(TextSpan span, bool isBracket, string? kind)
        {
            // The line of the closing bracket stays.
            var (start, end) = (document.Lines.PositionOf(span.Start).Line, document.Lines.PositionOf(span.End).Line - (isBracket ? 1 : 0));
            if (end > start)
            {
                ranges.Add(new FoldingRange(start, end, kind));
            }
        }
    }
}
