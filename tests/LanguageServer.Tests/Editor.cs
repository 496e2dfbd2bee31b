using System.Text.Json;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;
using Nerdbank.Streams;
using StreamJsonRpc;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>An editor at the other end of two streams.</summary>
internal sealed class Editor : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly JsonRpc rpc;
    private readonly Inbox inbox = new();
    private int version;

    private Editor(Stream stream, Task<int> server)
    {
        Stream = stream;
        Server = server;
        rpc = new JsonRpc(new HeaderDelimitedMessageHandler(stream, stream, new SystemTextJsonFormatter { JsonSerializerOptions = LanguageServerProgram.Json }));
        rpc.AddLocalRpcTarget(inbox);
        rpc.StartListening();
    }

    /// <summary>The editor's end.</summary>
    public Stream Stream { get; }

    /// <summary>Ends with the server's exit code.</summary>
    public Task<int> Server { get; }

    /// <summary>What the server wanted to be shown.</summary>
    public IReadOnlyList<string> Messages => inbox.Messages;

    /// <summary>The first thing that the server wants to be shown.</summary>
    public Task<string> Message => inbox.Message.WaitAsync(Patience);

    public int Published => inbox.Published;

    /// <summary>What the server asks to be told of, once it asks.</summary>
    public Task<RegistrationParams> Registered => inbox.Registered.WaitAsync(Patience);

    /// <summary>Starts a server without introducing the editor.</summary>
    public static Editor Connect()
    {
        var (mine, its) = FullDuplexStream.CreatePair();
        return new Editor(mine, Task.Run(() => LanguageServerProgram.ServeAsync(its, its, TimeSpan.FromSeconds(5))));
    }

    /// <summary>Starts a server and introduces the editor.</summary>
    public static async Task<Editor> Start(object? capabilities = null)
    {
        var editor = Connect();
        await editor.Request<JsonElement>("initialize", new { processId = (int?)null, capabilities = capabilities ?? new { textDocument = new { completion = new { completionItem = new { snippetSupport = true } } } } });
        await editor.Notify("initialized", new { });
        return editor;
    }

    /// <summary>A file name in a folder that does not exist.</summary>
    public static string Uri(string name = "net.json") => $"file:///nowhere/{name}";

    public Task<T> Request<T>(string method, object parameters, CancellationToken cancellation = default) =>
        rpc.InvokeWithParameterObjectAsync<T>(method, parameters, cancellation).WaitAsync(Patience, CancellationToken.None);

    public Task Notify(string method, object? parameters) => rpc.NotifyWithParameterObjectAsync(method, parameters);

    /// <summary>Opens a document and waits for what is said about it.</summary>
    public async Task<PublishDiagnosticsParams> Open(string text, string? uri = null)
    {
        uri ??= Uri();
        var said = inbox.Next(uri, ++version);
        await Notify("textDocument/didOpen", new { textDocument = new { uri, languageId = "json", version, text } });
        return await said.WaitAsync(Patience);
    }

    /// <summary>Changes a document, by ranges or as a whole, and waits for what is said about it.</summary>
    public async Task<PublishDiagnosticsParams> Change(IReadOnlyList<ContentChange> changes, string? uri = null)
    {
        uri ??= Uri();
        var said = inbox.Next(uri, ++version);
        await Notify("textDocument/didChange", new { textDocument = new { uri, version }, contentChanges = changes });
        return await said.WaitAsync(Patience);
    }

    /// <summary>Sends a message as it is written, a change of the document to its next version, and waits for what is said about it.</summary>
    public async Task<PublishDiagnosticsParams> Send(string message)
    {
        var said = inbox.Next(Uri(), ++version);
        var bytes = System.Text.Encoding.UTF8.GetBytes(message);
        await Stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"Content-Length: {bytes.Length}\r\n\r\n"));
        await Stream.WriteAsync(bytes);
        await Stream.FlushAsync();
        return await said.WaitAsync(Patience);
    }

    public Task<PublishDiagnosticsParams> Replace(string text, string? uri = null) => Change([new ContentChange(null, text)], uri);

    /// <summary>Changes a document and does not wait.</summary>
    public Task Type(IReadOnlyList<ContentChange> changes, string? uri = null) =>
        Notify("textDocument/didChange", new { textDocument = new { uri = uri ?? Uri(), version = ++version }, contentChanges = changes });

    /// <summary>The next diagnostics of a document, whichever its version is.</summary>
    public Task<PublishDiagnosticsParams> Next(string uri) => inbox.Next(uri, null).WaitAsync(Patience);

    /// <summary>Asks about a place in a document.</summary>
    public Task<T> At<T>(string method, string text, int offset, string? uri = null) =>
        Request<T>(method, new { textDocument = new { uri = uri ?? Uri() }, position = new TextLines(text).PositionOf(offset) });

    public Task<T> Of<T>(string method, string? uri = null) => Request<T>(method, new { textDocument = new { uri = uri ?? Uri() } });

    /// <summary>Asks about a part of a document, or all of it.</summary>
    public Task<T> In<T>(string method, string text, int start = 0, int? end = null, string? uri = null, CancellationToken cancellation = default)
    {
        var lines = new TextLines(text);
        return Request<T>(method, new { textDocument = new { uri = uri ?? Uri() }, range = new Range(lines.PositionOf(start), lines.PositionOf(end ?? text.Length)), context = new { diagnostics = Array.Empty<object>() } }, cancellation);
    }

    /// <summary>A text with edits made.</summary>
    public static string Apply(string text, IEnumerable<TextEdit> edits)
    {
        var lines = new TextLines(text);
        foreach (var (span, inserted) in edits.Select(edit => (Span: lines.SpanOf(edit.Range), edit.NewText)).Reverse().OrderByDescending(edit => edit.Span.Start))
        {
            text = text[..span.Start] + inserted + text[span.End..];
        }

        return text;
    }

    public async ValueTask DisposeAsync()
    {
        rpc.Dispose();
        await Stream.DisposeAsync();
        await Server.WaitAsync(Patience);
    }

    private sealed class Inbox
    {
        private readonly Lock gate = new();
        private readonly List<(string Uri, int? Version, TaskCompletionSource<PublishDiagnosticsParams> Arrived)> waiting = [];
        private readonly List<string> messages = [];
        private readonly TaskCompletionSource<RegistrationParams> registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<string> message = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<string> Messages => messages;

        public Task<string> Message => message.Task;

        public Task<RegistrationParams> Registered => registered.Task;

        public int Published { get; private set; }

        public Task<PublishDiagnosticsParams> Next(string uri, int? version)
        {
            lock (gate)
            {
                var arrived = new TaskCompletionSource<PublishDiagnosticsParams>(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting.Add((uri, version, arrived));
                return arrived.Task;
            }
        }

        [JsonRpcMethod("textDocument/publishDiagnostics", UseSingleObjectParameterDeserialization = true)]
        public void Publish(PublishDiagnosticsParams parameters)
        {
            lock (gate)
            {
                Published++;
                foreach (var wait in waiting.Where(wait => wait.Uri == parameters.Uri && (wait.Version is null || wait.Version == parameters.Version)).ToList())
                {
                    waiting.Remove(wait);
                    wait.Arrived.TrySetResult(parameters);
                }
            }
        }

        [JsonRpcMethod("client/registerCapability", UseSingleObjectParameterDeserialization = true)]
        public object? Register(RegistrationParams parameters)
        {
            registered.TrySetResult(parameters);
            return null;
        }

        [JsonRpcMethod("window/showMessage", UseSingleObjectParameterDeserialization = true)]
        public void ShowMessage(ShowMessageParams parameters)
        {
            lock (gate)
            {
                messages.Add(parameters.Message);
                message.TrySetResult(parameters.Message);
            }
        }
    }
}
