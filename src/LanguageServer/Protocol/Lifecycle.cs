namespace FashionCnn.LanguageServer.Protocol;

internal sealed record InitializeParams(int? ProcessId, ClientCapabilities? Capabilities);

/// <summary>What the client can do, as far as it matters here.</summary>
internal sealed record ClientCapabilities(TextDocumentCapabilities? TextDocument, WorkspaceCapabilities? Workspace);

internal sealed record TextDocumentCapabilities(CompletionCapabilities? Completion);

internal sealed record CompletionCapabilities(CompletionItemCapabilities? CompletionItem);

internal sealed record CompletionItemCapabilities(bool? SnippetSupport);

internal sealed record WorkspaceCapabilities(WorkspaceEditCapabilities? WorkspaceEdit, DynamicCapabilities? DidChangeWatchedFiles);

internal sealed record WorkspaceEditCapabilities(bool? DocumentChanges, object? ChangeAnnotationSupport);

internal sealed record DynamicCapabilities(bool? DynamicRegistration);

internal sealed record InitializeResult(ServerCapabilities Capabilities, ServerInfo ServerInfo);

internal sealed record ServerInfo(string Name, string Version);

internal sealed record ServerCapabilities
{
    public TextDocumentSyncOptions TextDocumentSync { get; } = new();

    public bool HoverProvider { get; } = true;

    public CompletionOptions CompletionProvider { get; } = new(["\"", "$"]);

    public bool DefinitionProvider { get; } = true;

    public bool ReferencesProvider { get; } = true;

    public bool DocumentSymbolProvider { get; } = true;

    public CodeActionOptions CodeActionProvider { get; } = new(["quickfix"]);

    public bool DocumentFormattingProvider { get; } = true;

    public RenameOptions RenameProvider { get; } = new(PrepareProvider: true);

    public bool FoldingRangeProvider { get; } = true;

    public bool InlayHintProvider { get; } = true;
}

internal sealed record TextDocumentSyncOptions
{
    public bool OpenClose { get; } = true;

    /// <summary>2: changes are ranges of the text; a change of the whole text is understood too.</summary>
    public int Change { get; } = 2;

    public bool Save { get; } = true;
}

internal sealed record CompletionOptions(IReadOnlyList<string> TriggerCharacters);

internal sealed record CodeActionOptions(IReadOnlyList<string> CodeActionKinds);

internal sealed record RenameOptions(bool PrepareProvider);

internal sealed record RegistrationParams(IReadOnlyList<Registration> Registrations);

internal sealed record Registration(string Id, string Method, WatchedFilesOptions RegisterOptions);

internal sealed record WatchedFilesOptions(IReadOnlyList<FileWatcher> Watchers);

internal sealed record FileWatcher(string GlobPattern);
