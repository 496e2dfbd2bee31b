using System.Text.Json.Serialization;

namespace FashionCnn.LanguageServer.Protocol;

/// <summary>A place in a document, in lines and UTF-16 code units from 0.</summary>
internal readonly record struct Position(int Line, int Character);

/// <summary>From a place up to, not including, another.</summary>
internal readonly record struct Range(Position Start, Position End);

/// <summary>A part of a document.</summary>
internal sealed record Location(string Uri, Range Range);

/// <summary>A document by its URI.</summary>
internal sealed record TextDocumentIdentifier(string Uri);

/// <summary>A document in one of its versions.</summary>
internal sealed record VersionedTextDocumentIdentifier(string Uri, int? Version);

/// <summary>A document as it is opened.</summary>
internal sealed record TextDocumentItem(string Uri, int Version, string Text);

internal sealed record DidOpenParams(TextDocumentItem TextDocument);

internal sealed record DidCloseParams(TextDocumentIdentifier TextDocument);

internal sealed record DidSaveParams(TextDocumentIdentifier TextDocument);

internal sealed record DidChangeParams(VersionedTextDocumentIdentifier TextDocument, IReadOnlyList<ContentChange> ContentChanges);

/// <summary>A change: of a range, or, without one, of the whole text.</summary>
internal sealed record ContentChange(Range? Range, string Text);

internal sealed record DidChangeWatchedFilesParams(IReadOnlyList<FileEvent> Changes);

internal sealed record FileEvent(string Uri);

/// <summary>What most requests give.</summary>
internal sealed record DocumentParams(TextDocumentIdentifier TextDocument);

internal sealed record PositionParams(TextDocumentIdentifier TextDocument, Position Position);

internal sealed record RangeParams(TextDocumentIdentifier TextDocument, Range Range);

/// <summary>A change of a range.</summary>
internal record TextEdit(Range Range, string NewText)
{
    /// <summary>Which of the edit's annotations says whether the user has to confirm it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AnnotationId { get; init; }
}

internal sealed record TextDocumentEdit(VersionedTextDocumentIdentifier TextDocument, IReadOnlyList<TextEdit> Edits);

internal sealed record ChangeAnnotation(string Label, bool NeedsConfirmation, string Description);

/// <summary>Changes of documents: with versions and annotations, or, for clients that do not know those, by URI.</summary>
internal sealed record WorkspaceEdit
{
    public IReadOnlyDictionary<string, IReadOnlyList<TextEdit>>? Changes { get; init; }

    public IReadOnlyList<TextDocumentEdit>? DocumentChanges { get; init; }

    public IReadOnlyDictionary<string, ChangeAnnotation>? ChangeAnnotations { get; init; }
}
