using System.Text.Json.Serialization;

namespace FashionCnn.LanguageServer.Protocol;

internal sealed record Diagnostic(Range Range, int Severity, string Code, string Source, string Message);

internal sealed record PublishDiagnosticsParams(string Uri, int? Version, IReadOnlyList<Diagnostic> Diagnostics);

internal sealed record MarkupContent(string Value)
{
    public string Kind { get; } = "markdown";
}

internal sealed record Hover(MarkupContent Contents, Range Range);

/// <param name="Position">Where it is shown.</param>
/// <param name="Label">Its text.</param>
/// <param name="PaddingLeft">There is space before it.</param>
/// <param name="Tooltip">More of it.</param>
internal sealed record InlayHint(Position Position, string Label, bool PaddingLeft, string? Tooltip);

internal sealed record DocumentSymbol(string Name, string? Detail, int Kind, Range Range, Range SelectionRange, IReadOnlyList<DocumentSymbol> Children);

internal sealed record FoldingRange(int StartLine, int EndLine, string? Kind);

internal sealed record ReferenceContext(bool IncludeDeclaration);

internal sealed record ReferenceParams(TextDocumentIdentifier TextDocument, Position Position, ReferenceContext? Context);

internal sealed record RenameParams(TextDocumentIdentifier TextDocument, Position Position, string NewName);

internal sealed record PrepareRenameResult(Range Range, string Placeholder);

/// <param name="Label">What is shown.</param>
/// <param name="Kind">The protocol's number of the kind.</param>
/// <param name="Detail">Shown beside it.</param>
/// <param name="TextEdit">What it changes.</param>
internal sealed record CompletionItem(string Label, int Kind, string? Detail, TextEdit TextEdit)
{
    public MarkupContent? Documentation { get; init; }

    /// <summary>1: the text as it is; 2: a snippet.</summary>
    public int InsertTextFormat { get; init; } = 1;

    public string? SortText { get; init; }
}

internal sealed record CompletionList(IReadOnlyList<CompletionItem> Items)
{
    public bool IsIncomplete { get; }
}

internal sealed record CodeActionContext(IReadOnlyList<string>? Only);

internal sealed record CodeActionParams(TextDocumentIdentifier TextDocument, Range Range, CodeActionContext? Context);

internal sealed record CodeAction(string Title, string Kind, IReadOnlyList<Diagnostic> Diagnostics, bool IsPreferred, WorkspaceEdit Edit);

/// <summary>Not of the protocol: what a spec becomes, as a text.</summary>
/// <param name="Version">The version of the document.</param>
/// <param name="Text">The drawing or the code; null while the spec has errors.</param>
internal sealed record SpecView(int? Version, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Text);

internal sealed record ShowMessageParams(int Type, string Message);
