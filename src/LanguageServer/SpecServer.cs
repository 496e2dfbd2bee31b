using System.Diagnostics;
using System.Reflection;
using FashionCnn.Compiler.Project;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Features;
using FashionCnn.LanguageServer.Protocol;
using StreamJsonRpc;

namespace FashionCnn.LanguageServer;

/// <summary>The protocol's methods. They run one after the other, in the order of the messages.</summary>
/// <param name="notify">Sends a notification.</param>
/// <param name="request">Sends a request whose answer says nothing.</param>
internal sealed class SpecServer(Func<string, object, Task> notify, Func<string, object, Task> request)
{
    private const int ServerNotInitialized = -32002;
    private const int InvalidRequest = -32600;
    private const int InvalidParams = -32602;
    private const int RequestFailed = -32803;

    private readonly Workspace workspace = new();
    private readonly Dictionary<string, IReadOnlyList<Diagnostic>> published = [];
    private readonly Dictionary<string, string?> claims = [];
    private readonly TaskCompletionSource exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientCapabilities? client;
    private bool isInitialized;

    /// <summary>The editor has said that it is done.</summary>
    public bool IsShutDown { get; private set; }

    /// <summary>Ends when the editor asks the process to end.</summary>
    public Task Exited => exited.Task;

    private WorkspaceEditCapabilities? Edits => client?.Workspace?.WorkspaceEdit;

    private bool TakesSnippets => client?.TextDocument?.Completion?.CompletionItem?.SnippetSupport == true;

    [JsonRpcMethod("initialize", UseSingleObjectParameterDeserialization = true)]
    public InitializeResult Initialize(InitializeParams parameters)
    {
        if (isInitialized)
        {
            throw Error(InvalidRequest, "The server is initialized already.");
        }

        isInitialized = true;
        client = parameters.Capabilities;
        _ = EndWithAsync(parameters.ProcessId);
        var version = typeof(SpecServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        return new InitializeResult(new ServerCapabilities(), new ServerInfo("FashionCnn", version));
    }

    // What a build says of a spec also depends on other files. When a whole folder is removed, an editor may tell of the folder only.
    [JsonRpcMethod("initialized")]
    public Task InitializedAsync() => client?.Workspace?.DidChangeWatchedFiles?.DynamicRegistration == true
        ? request("client/registerCapability", new RegistrationParams(
            [new Registration("files", "workspace/didChangeWatchedFiles", new WatchedFilesOptions([new FileWatcher($"**/{ProjectSpecs.Folder}/**"), new FileWatcher($"**/{GlobalConfig.Name}")]))]))
        : Task.CompletedTask;

    [JsonRpcMethod("workspace/didChangeWatchedFiles", UseSingleObjectParameterDeserialization = true)]
    public Task DidChangeWatchedFilesAsync(DidChangeWatchedFilesParams parameters)
    {
        if (!IsServing || parameters.Changes.Count == 0)
        {
            return Task.CompletedTask;
        }

        workspace.Refresh();
        return PublishAsync();
    }

    [JsonRpcMethod("shutdown")]
    public object? Shutdown()
    {
        Check(CancellationToken.None);
        IsShutDown = true;
        return null;
    }

    [JsonRpcMethod("exit")]
    public void Exit() => exited.TrySetResult();

    [JsonRpcMethod("textDocument/didOpen", UseSingleObjectParameterDeserialization = true)]
    public Task DidOpenAsync(DidOpenParams parameters)
    {
        var item = parameters.TextDocument;
        if (!IsServing || item.Text is null || !ProjectSpecs.IsSpec(item.Uri))
        {
            return Task.CompletedTask;
        }

        workspace.Refresh();
        return PutAsync(new SpecDocument(item.Uri, item.Version, item.Text));
    }

    [JsonRpcMethod("textDocument/didChange", UseSingleObjectParameterDeserialization = true)]
    public Task DidChangeAsync(DidChangeParams parameters) => IsServing && workspace.Find(parameters.TextDocument.Uri) is { } document
        ? PutAsync(document.After(parameters.TextDocument.Version, parameters.ContentChanges))
        : Task.CompletedTask;

    [JsonRpcMethod("textDocument/didSave", UseSingleObjectParameterDeserialization = true)]
    public Task DidSaveAsync(DidSaveParams parameters)
    {
        if (!IsServing || workspace.Find(parameters.TextDocument.Uri) is null)
        {
            return Task.CompletedTask;
        }

        workspace.Refresh();
        return PublishAsync();
    }

    [JsonRpcMethod("textDocument/didClose", UseSingleObjectParameterDeserialization = true)]
    public async Task DidCloseAsync(DidCloseParams parameters)
    {
        var uri = parameters.TextDocument.Uri;
        if (!IsServing || workspace.Find(uri) is null)
        {
            return;
        }

        workspace.Remove(uri);
        workspace.Refresh();
        published.Remove(uri);
        claims.Remove(uri);
        await notify("textDocument/publishDiagnostics", new PublishDiagnosticsParams(uri, null, []));
        await PublishAsync();
    }

    [JsonRpcMethod("textDocument/formatting", UseSingleObjectParameterDeserialization = true)]
    public IReadOnlyList<TextEdit>? Formatting(DocumentParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? FormattingEdits.Of(document)
        : null;

    [JsonRpcMethod("textDocument/hover", UseSingleObjectParameterDeserialization = true)]
    public Hover? Hover(PositionParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? HoverText.At(document, document.Lines.OffsetOf(parameters.Position), workspace.Findings(document))
        : null;

    [JsonRpcMethod("textDocument/inlayHint", UseSingleObjectParameterDeserialization = true)]
    public IReadOnlyList<InlayHint>? InlayHints(RangeParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? ShapeHints.In(document, document.Lines.SpanOf(parameters.Range))
        : null;

    [JsonRpcMethod("textDocument/documentSymbol", UseSingleObjectParameterDeserialization = true)]
    public IReadOnlyList<DocumentSymbol>? DocumentSymbols(DocumentParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? Outline.Of(document)
        : null;

    [JsonRpcMethod("textDocument/foldingRange", UseSingleObjectParameterDeserialization = true)]
    public IReadOnlyList<FoldingRange>? FoldingRanges(DocumentParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? Folding.Of(document)
        : null;

    [JsonRpcMethod("textDocument/definition", UseSingleObjectParameterDeserialization = true)]
    public Location? Definition(PositionParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? Navigation.Definition(document, document.Lines.OffsetOf(parameters.Position))
        : null;

    [JsonRpcMethod("textDocument/references", UseSingleObjectParameterDeserialization = true)]
    public IReadOnlyList<Location>? References(ReferenceParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? Navigation.References(document, document.Lines.OffsetOf(parameters.Position), parameters.Context?.IncludeDeclaration ?? true)
        : null;

    [JsonRpcMethod("textDocument/prepareRename", UseSingleObjectParameterDeserialization = true)]
    public PrepareRenameResult? PrepareRename(PositionParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? Renaming.Prepare(document, document.Lines.OffsetOf(parameters.Position))
        : null;

    [JsonRpcMethod("textDocument/rename", UseSingleObjectParameterDeserialization = true)]
    public async Task<WorkspaceEdit?> RenameAsync(RenameParams parameters, CancellationToken cancellation)
    {
        if (Serve(parameters.TextDocument, cancellation) is not { } document)
        {
            return null;
        }

        if (parameters.NewName is null)
        {
            throw Error(InvalidParams, "The parameters need newName.");
        }

        if (Renaming.Of(document, document.Lines.OffsetOf(parameters.Position), parameters.NewName, out var why) is not { } rename)
        {
            throw Error(RequestFailed, why);
        }

        if (rename.Warning is { } warning && (Edits?.ChangeAnnotationSupport is null || Edits.DocumentChanges != true))
        {
            // The client cannot ask the user whether to go on.
            await notify("window/showMessage", new ShowMessageParams(2, warning));
        }

        return rename.ToEdit(document, Edits);
    }

    [JsonRpcMethod("textDocument/completion", UseSingleObjectParameterDeserialization = true)]
    public CompletionList? Completion(PositionParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? new CompletionList(Completions.At(document, document.Lines.OffsetOf(parameters.Position), TakesSnippets))
        : null;

    [JsonRpcMethod("textDocument/codeAction", UseSingleObjectParameterDeserialization = true)]
    public IReadOnlyList<CodeAction>? CodeActions(CodeActionParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? QuickFixes.In(document, document.Lines.SpanOf(parameters.Range), parameters.Context?.Only, workspace.Findings(document), Edits)
        : null;

    [JsonRpcMethod("fashionCnn/drawing", UseSingleObjectParameterDeserialization = true)]
    public SpecView? Drawing(DocumentParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? SpecViews.Drawing(document)
        : null;

    [JsonRpcMethod("fashionCnn/generatedCode", UseSingleObjectParameterDeserialization = true)]
    public SpecView? GeneratedCode(DocumentParams parameters, CancellationToken cancellation) => Serve(parameters.TextDocument, cancellation) is { } document
        ? SpecViews.Code(document)
        : null;

    // What comes before the client has introduced itself, or after it has said goodbye, is not for anybody.
    private bool IsServing => isInitialized && !IsShutDown;

    private SpecDocument? Serve(TextDocumentIdentifier? document, CancellationToken cancellation)
    {
        Check(cancellation);
        return document?.Uri is { } uri ? workspace.Find(uri) : throw Error(InvalidParams, "The parameters need textDocument.uri.");
    }

    private void Check(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!isInitialized)
        {
            throw Error(ServerNotInitialized, "The server is not initialized yet.");
        }

        if (IsShutDown)
        {
            throw Error(InvalidRequest, "The server is shut down.");
        }
    }

    private async Task PutAsync(SpecDocument document)
    {
        workspace.Put(document);
        // Edits that have arrived in the meantime come first: of a burst of them only the last one counts.
        await Task.Yield();
        if (IsServing && workspace.Find(document.Uri) == document)
        {
            await PublishAsync(document);
        }
    }

    /// <summary>Sends the diagnostics of all documents that have others than before: what is wrong with one may be wrong because of another.</summary>
    /// <param name="edited">The document whose diagnostics are sent in any case; null for none.</param>
    private async Task PublishAsync(SpecDocument? edited = null)
    {
        // Of what a document says, nothing but its claim on a class concerns the others.
        var isAlone = edited is not null && claims.TryGetValue(edited.Uri, out var before) && before == edited.Analysis.Spec.Plan?.ClassName;
        foreach (var document in isAlone ? [edited!] : workspace.Documents.ToList())
        {
            // One of which nothing can be said is no reason to say nothing of the others.
            await PublishAsync(document, isEdited: document == edited).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PublishAsync(SpecDocument document, bool isEdited)
    {
        if (workspace.Find(document.Uri) != document)
        {
            return;
        }

        claims[document.Uri] = document.Analysis.Spec.Plan?.ClassName;
        var diagnostics = workspace.Findings(document).Select(found => document.ToProtocol(found)).ToList();
        if (!isEdited && published.TryGetValue(document.Uri, out var sent) && sent.SequenceEqual(diagnostics))
        {
            return;
        }

        published[document.Uri] = diagnostics;
        await notify("textDocument/publishDiagnostics", new PublishDiagnosticsParams(document.Uri, document.Version, diagnostics));
    }

    /// <summary>An editor that is gone may have left the stream to a process of its own.</summary>
    private async Task EndWithAsync(int? editor)
    {
        try
        {
            using var process = editor is { } id ? Process.GetProcessById(id) : null;
            if (process is not null)
            {
                await process.WaitForExitAsync().ConfigureAwait(false);
                exited.TrySetResult();
            }
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It is not to be seen from here, as in a container.
        }
    }

    private static LocalRpcException Error(int code, string message) => new(message) { ErrorCode = code };
}
