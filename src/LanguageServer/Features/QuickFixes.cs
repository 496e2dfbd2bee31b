using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>The changes that messages suggest.</summary>
internal static class QuickFixes
{
    private const string Kind = "quickfix";

    /// <param name="document">The document.</param>
    /// <param name="span">The part of it that is asked about.</param>
    /// <param name="only">The kinds that are wanted; null for all.</param>
    /// <param name="findings">What is said about the document.</param>
    /// <param name="client">What the client knows of edits.</param>
    public static IReadOnlyList<CodeAction> In(SpecDocument document, TextSpan span, IReadOnlyList<string>? only, IReadOnlyList<SpecDiagnostic> findings, WorkspaceEditCapabilities? client) =>
        only is { Count: > 0 } && !only.Any(kind => kind == Kind || kind.Length == 0) ? [] :
        [
            .. findings
                .Where(found => found.Span.Start <= span.End && found.Span.End >= span.Start)
                .SelectMany(found => found.Fixes.Select((fix, i) => new CodeAction(fix.Title, Kind, [document.ToProtocol(found)], IsPreferred: i == 0, Edit(fix, document, client)))),
        ];

    private static WorkspaceEdit Edit(SpecFix fix, SpecDocument document, WorkspaceEditCapabilities? client) =>
        document.Edit([.. fix.Edits.SelectMany(edit => WithoutComments(edit, document)).Select(edit => new TextEdit(document.Lines.RangeOf(edit.Span), edit.Text))], client);

    /// <summary>What is removed or replaced leaves the comments in it, each with the white space behind it, which may end its line.</summary>
    private static IEnumerable<SpecEdit> WithoutComments(SpecEdit edit, SpecDocument document)
    {
        var (start, text) = (edit.Span.Start, edit.Text);
        if (edit.Span.Length > 0 && document.Analysis.IsJson && Comments.Of(text).Count == 0)
        {
            foreach (var comment in Comments.Of(document.Text).Where(comment => comment.Start >= start && comment.End <= edit.Span.End))
            {
                yield return new SpecEdit(TextSpan.FromBounds(start, comment.Start), text.Length == 0 ? text : $"{text} ");
                (start, text) = (comment.End, string.Empty);
                while (start < edit.Span.End && char.IsWhiteSpace(document.Text[start]))
                {
                    start++;
                }
            }
        }

        yield return new SpecEdit(TextSpan.FromBounds(start, edit.Span.End), text);
    }
}
