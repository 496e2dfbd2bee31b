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
    public static IReadOnlyList<CodeAction> In(SpecDocument document, TextSpan span, IReadOnlyList<string>? only, IReadOnlyList<SpecDiagnostic> findings) =>
        only is { Count: > 0 } && !only.Any(kind => kind == Kind || kind.Length == 0) ? [] :
        [
            .. findings
                .Where(found => found.Span.Start <= span.End && found.Span.End >= span.Start)
                .SelectMany(found => found.Fixes.Select(fix => new CodeAction(fix.Title, Kind, [document.ToProtocol(found)], IsPreferred: true, Edit(fix, document)))),
        ];

    private static WorkspaceEdit Edit(SpecFix fix, SpecDocument document) => new()
    {
        Changes = new Dictionary<string, IReadOnlyList<TextEdit>>
        {
            [document.Uri] = [.. fix.Edits.Select(edit => new TextEdit(document.Lines.RangeOf(edit.Span), edit.Text))],
        },
    };
}
