using System.Diagnostics;
using System.IO.Pipes;
using System.Text.Json;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

public sealed class LifecycleTests
{
    private const string Text = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 10 }]
        }
        """;

    // What takes the server a while.
    private static readonly string Large =
        Text.Replace("{ \"type\": \"Flatten\" }", """{ "repeat": 1000, "layers": [{ "repeat": 9, "layers": [{ "type": "ReLU" }] }] }, { "type": "Flatten" }""", StringComparison.Ordinal);

    [Fact]
    public async Task A_server_that_was_shut_down_exits_with_0()
    {
        await using var editor = await Editor.Start();

        await editor.Request<JsonElement?>("shutdown", new { });
        await editor.Notify("exit", null);

        Assert.Equal(0, await editor.Server);
    }

    [Fact]
    public async Task What_was_asked_before_the_exit_is_answered()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        var hints = editor.In<IReadOnlyList<InlayHint>?>("textDocument/inlayHint", Text);
        var shutdown = editor.Request<JsonElement?>("shutdown", new { });
        await editor.Notify("exit", null);

        Assert.Equal(3, (await hints)!.Count);
        await shutdown;
        Assert.Equal(0, await editor.Server);
    }

    [Fact]
    public async Task An_exit_without_shutdown_is_1()
    {
        await using var editor = await Editor.Start();

        await editor.Notify("exit", null);

        Assert.Equal(1, await editor.Server);
    }

    [Fact]
    public async Task When_the_process_of_the_editor_is_gone_the_server_ends_though_the_stream_is_open()
    {
        // It waits for its input.
        using var process = Process.Start(new ProcessStartInfo(OperatingSystem.IsWindows() ? "more" : "cat") { RedirectStandardInput = true })!;
        await using var editor = Editor.Connect();
        await editor.Request<JsonElement>("initialize", new { processId = process.Id, capabilities = new { } });
        Assert.False(editor.Server.IsCompleted);

        process.Kill();

        Assert.Equal(1, await editor.Server.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("file:///c%3A/Users/me/my%20net.json", true, "c:/Users/me/my net.json")]
    [InlineData("file:///c%3A/Users/me/net.json", false, "/c:/Users/me/net.json")]
    [InlineData("file:///home/me/net%23.json", true, "/home/me/net#.json")]
    [InlineData("untitled:net.json", false, "net.json")]
    [InlineData("net.json", false, "net.json")]
    public void An_address_is_a_path(string uri, bool hasDrives, string path) => Assert.Equal(path, SpecDocument.PathOf(uri, hasDrives));

    [Fact]
    public void A_project_has_one_folder_of_specs_whatever_its_folders_are_called()
    {
        var project = Directory.CreateTempSubdirectory("fashioncnn-");
        try
        {
            var path = Path.Combine(project.FullName, "specs", "a", "specs", "x.json");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Assert.Equal(Path.GetDirectoryName(path), Workspace.FolderOf(path));

            File.WriteAllText(Path.Combine(project.FullName, "my.csproj"), "<Project />");

            Assert.Equal(Path.Combine(project.FullName, "specs"), Workspace.FolderOf(path));
            Assert.Null(Workspace.FolderOf("/nowhere/x.json"));
        }
        finally
        {
            project.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task When_the_editor_dies_the_server_ends()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        await editor.Stream.DisposeAsync();

        Assert.Equal(1, await editor.Server.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task What_was_asked_before_the_input_ended_is_answered(bool isShutDown, int exitCode)
    {
        using var input = Drawings(20, isShutDown ? ["""{ "jsonrpc": "2.0", "id": 99, "method": "shutdown" }"""] : []);
        using var output = new MemoryStream();

        Assert.Equal(exitCode, await LanguageServerProgram.ServeAsync(input, output, TimeSpan.FromMinutes(5)).WaitAsync(TimeSpan.FromMinutes(6)));

        var answers = System.Text.Encoding.UTF8.GetString(output.ToArray());
        Assert.All(Enumerable.Range(1, 21).Concat(isShutDown ? [99] : []), id => Assert.Contains($"\"id\":{id},", answers, StringComparison.Ordinal));
        Assert.Equal(20, answers.Split("\\u003Csvg").Length - 1);
    }

    [Fact]
    public async Task Answers_that_nobody_reads_do_not_keep_the_server_from_its_end()
    {
        using var input = Drawings(100);
        // What is written into a full pipe waits for its reader, whatever is canceled.
        using var output = new AnonymousPipeServerStream(PipeDirection.Out);
        using var unread = new AnonymousPipeClientStream(PipeDirection.In, output.ClientSafePipeHandle);

        Assert.Equal(1, await LanguageServerProgram.ServeAsync(input, output, TimeSpan.FromSeconds(1)).WaitAsync(TimeSpan.FromMinutes(5)));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\n{[}]{")]
    [InlineData("Content-Length: 0\r\n\r\n")]
    [InlineData("Content-Length: -5\r\n\r\n{}")]
    public async Task What_is_no_message_ends_the_server(string sent)
    {
        await using var editor = await Editor.Start();

        await editor.Stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(sent));
        await editor.Stream.FlushAsync();

        Assert.Equal(1, await editor.Server.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Before_initialize_and_after_shutdown_requests_are_refused()
    {
        await using var editor = Editor.Connect();
        var early = await Assert.ThrowsAsync<RemoteInvocationException>(() => editor.At<Hover?>("textDocument/hover", Text, 0));
        Assert.Equal(-32002, early.ErrorCode);
        // Not answered, and not fatal.
        await editor.Type([new ContentChange(null, Text)]);

        await editor.Request<JsonElement>("initialize", new { capabilities = new { } });
        var twice = await Assert.ThrowsAsync<RemoteInvocationException>(() => editor.Request<JsonElement>("initialize", new { capabilities = new { } }));
        Assert.Equal(-32600, twice.ErrorCode);
        Assert.Empty((await editor.Open(Text)).Diagnostics);

        await editor.Request<JsonElement?>("shutdown", new { });
        var late = await Assert.ThrowsAsync<RemoteInvocationException>(() => editor.At<Hover?>("textDocument/hover", Text, 0));
        Assert.Equal(-32600, late.ErrorCode);
    }

    [Theory]
    [InlineData("textDocument/hover", "{}", "The parameters need textDocument.uri.")]
    [InlineData("fashionCnn/drawing", """{ "textDocument": null }""", "The parameters need textDocument.uri.")]
    [InlineData("textDocument/formatting", """{ "textDocument": { "uri": null } }""", "The parameters need textDocument.uri.")]
    [InlineData("textDocument/rename", """{ "textDocument": { "uri": "file:///nowhere/net.json" }, "position": { "line": 0, "character": 0 } }""", "The parameters need newName.")]
    public async Task A_request_without_what_it_needs_is_told_so(string method, string parameters, string message)
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        var error = await Assert.ThrowsAsync<RemoteMethodNotFoundException>(() => editor.Request<JsonElement?>(method, JsonSerializer.Deserialize<Dictionary<string, object?>>(parameters)!));

        Assert.Equal((JsonRpcErrorCode.InvalidParams, message), (error.ErrorCode, error.Message));
    }

    [Theory]
    [InlineData("textDocument/hover", """{ "textDocument": { "uri": "file:///nowhere/net.json" }, "position": { "line": 0.5, "character": 0 } }""", "The parameters of textDocument/hover have the wrong type, at $.position.line.")]
    [InlineData("textDocument/formatting", """{ "textDocument": "file:///nowhere/net.json" }""", "The parameters of textDocument/formatting have the wrong type, at $.textDocument.")]
    public async Task A_request_with_parameters_of_another_type_is_told_so(string method, string parameters, string message)
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        var error = await Assert.ThrowsAsync<RemoteMethodNotFoundException>(() => editor.Request<JsonElement?>(method, JsonSerializer.Deserialize<JsonElement>(parameters)));

        Assert.Equal((JsonRpcErrorCode.InvalidParams, message), (error.ErrorCode, error.Message));
        Assert.Equal(3, (await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", Text)).Count);
    }

    [Fact]
    public async Task A_change_without_text_changes_nothing()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        Assert.Empty((await editor.Change([new ContentChange(null, null!), new ContentChange(new Range(new Position(0, 0), new Position(9, 0)), null!)])).Diagnostics);

        Assert.Equal(3, (await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", Text)).Count);
    }

    [Fact]
    public async Task A_document_whose_address_no_file_can_have_does_not_concern_the_others()
    {
        await using var editor = await Editor.Start();
        const string Strange = "file:///nowhere%00/specs/strange.json";

        Assert.Empty((await editor.Open(Text, Strange)).Diagnostics);

        Assert.Single((await editor.Open(Text.Replace("Flatten", "Flaten", StringComparison.Ordinal))).Diagnostics);
        Assert.Single((await editor.Open(Text.Replace("Flatten", "Flaten", StringComparison.Ordinal), Strange)).Diagnostics);
    }

    [Fact]
    public async Task An_unknown_method_is_an_error_and_an_unknown_notification_nothing()
    {
        await using var editor = await Editor.Start();

        await Assert.ThrowsAsync<RemoteMethodNotFoundException>(() => editor.Request<JsonElement>("textDocument/moniker", new { }));
        await editor.Notify("$/setTrace", new { value = "off" });
        await editor.Notify("workspace/didChangeConfiguration", new { settings = new { } });

        Assert.Empty((await editor.Open(Text)).Diagnostics);
    }

    [Fact]
    public async Task Nothing_is_known_of_a_document_that_is_not_open()
    {
        await using var editor = await Editor.Start();

        Assert.Null(await editor.At<Hover?>("textDocument/hover", Text, 0));
        Assert.Null(await editor.In<IReadOnlyList<InlayHint>?>("textDocument/inlayHint", Text));
        await editor.Type([new ContentChange(null, Text)]);
        await editor.Notify("textDocument/didClose", new { textDocument = new { uri = Editor.Uri() } });
        await editor.Notify("textDocument/didOpen", new { textDocument = new { uri = Editor.Uri("model-spec.schema.json"), languageId = "json", version = 1, text = "{}" } });
        Assert.Null(await editor.At<Hover?>("textDocument/hover", "{}", 0, Editor.Uri("model-spec.schema.json")));
        Assert.Equal(0, editor.Published);
    }

    [Fact]
    public async Task Changes_of_ranges_come_one_after_the_other()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        // Each range is one of the text that the changes before it gave.
        var broken = await editor.Change([new ContentChange(new Range(new Position(3, 24), new Position(3, 31)), "Flaten"), new ContentChange(new Range(new Position(2, 0), new Position(2, 0)), "\n")]);
        Assert.Equal(new Range(new Position(4, 23), new Position(4, 31)), Assert.Single(broken.Diagnostics).Range);

        var mended = await editor.Change([new ContentChange(new Range(new Position(4, 28), new Position(4, 30)), "ten"), new ContentChange(new Range(new Position(99, 0), new Position(99, 9)), "\r\n")]);
        Assert.Empty(mended.Diagnostics);
        Assert.Equal("FCNN0006", Assert.Single((await editor.Replace("{")).Diagnostics).Code);
    }

    [Fact]
    public async Task Of_a_burst_of_edits_the_last_one_is_what_is_said()
    {
        const int Edits = 50;
        await using var editor = await Editor.Start();
        await editor.Open(Text);
        var before = editor.Published;

        // Each edit of so large a network keeps the server busy for longer than the next ones take to arrive.
        await editor.Type([new ContentChange(null, Large)]);
        for (var i = 1; i < Edits; i++)
        {
            await editor.Type([new ContentChange(new Range(new Position(0, 0), new Position(0, 0)), " ")]);
        }

        Assert.Single((await editor.Replace(Text.Replace("Flatten", "Flaten", StringComparison.Ordinal))).Diagnostics);
        Assert.InRange(editor.Published - before, 1, Edits / 2);
    }

    [Fact]
    public async Task A_request_that_is_canceled_before_its_turn_is_not_served()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);
        using var cancel = new CancellationTokenSource();

        // The request waits for its turn behind others that take a while.
        var before = new List<Task<IReadOnlyList<InlayHint>?>>();
        for (var i = 0; i < 5; i++)
        {
            await editor.Type([new ContentChange(null, Large + new string(' ', i))]);
            before.Add(editor.In<IReadOnlyList<InlayHint>?>("textDocument/inlayHint", Text));
        }

        var canceled = editor.In<IReadOnlyList<InlayHint>?>("textDocument/inlayHint", Text, cancellation: cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled);
        Assert.All(await Task.WhenAll(before), Assert.NotNull);
    }

    /// <summary>The messages of an editor that opens a spec and asks again and again how it is drawn.</summary>
    private static MemoryStream Drawings(int count, params IReadOnlyList<string> more)
    {
        IReadOnlyList<string> messages =
        [
            """{ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "capabilities": {} } }""",
            $$$"""{ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": { "uri": "{{{Editor.Uri()}}}", "languageId": "json", "version": 1, "text": {{{JsonSerializer.Serialize(Text)}}} } } }""",
            .. Enumerable.Range(2, count).Select(id => $$$"""{ "jsonrpc": "2.0", "id": {{{id}}}, "method": "fashionCnn/drawing", "params": { "textDocument": { "uri": "{{{Editor.Uri()}}}" } } }"""),
            .. more,
        ];
        return new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Concat(messages.Select(message => $"Content-Length: {System.Text.Encoding.UTF8.GetByteCount(message)}\r\n\r\n{message}"))));
    }
}
