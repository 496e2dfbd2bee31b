using FashionCnn.Compiler.Show;
using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>The layout of a spec: none for a text that is not JSON.</summary>
internal static class FormattingEdits
{
    public static IReadOnlyList<TextEdit> Of(SpecDocument document)
    {
        var text = document.Text;
        if (SpecLayout.Print(text) is not { } laidOut || laidOut == text)
        {
            return [];
        }

        // What both begin and end with stays, so that the cursor does too.
        var start = text.AsSpan().CommonPrefixLength(laidOut);
        var most = Math.Min(text.Length, laidOut.Length) - start;
        var end = 0;
        while (end < most && text[^(end + 1)] == laidOut[^(end + 1)])
        {
            end++;
        }

        // Neither between the two characters of a line's end.
        start -= start > 0 && text[start - 1] == '\r' ? 1 : 0;
        end -= end > 0 && text[^end] == '\n' ? 1 : 0;
        return [new TextEdit(document.Lines.RangeOf(TextSpan.FromBounds(start, text.Length - end)), laidOut[start..^end])];
    }
}
