using FashionCnn.LanguageServer.Documents;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>Diagnostics are those of a build, to the character.</summary>
public sealed class DiagnosticsTests
{
    [Theory]
    [InlineData("invalid")]
    [InlineData("valid")]
    public async Task The_server_says_what_a_build_says(string kind)
    {
        await using var editor = await Editor.Start();
        var compared = 0;
        foreach (var path in Repository.Fixtures(kind))
        {
            var text = Build.Read(path);
            // A file of the name, but in no project.
            var name = Path.GetFileName(path);
            var said = await editor.Open(text, Editor.Uri(name));
            var lines = new TextLines(text);

            var build = Build.Diagnostics(($"/nowhere/{name}", text))
                .OrderBy(found => found.Location.SourceSpan.Start).ThenBy(found => found.Id, StringComparer.Ordinal)
                .Select(found => $"{found.Location.SourceSpan.Start}-{found.Location.SourceSpan.End} {found.Severity} {found.Id}: {found.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}");
            Assert.Equal(build, said.Diagnostics.Select(found => $"{lines.OffsetOf(found.Range.Start)}-{lines.OffsetOf(found.Range.End)} {(found.Severity switch { 1 => "Error", 2 => "Warning", _ => "Info" })} {found.Code}: {found.Message}"));
            compared += said.Diagnostics.Count;
        }

        Assert.True(compared > (kind == "invalid" ? 300 : 0), $"{compared}");
    }

    [Fact]
    public async Task While_the_text_is_not_JSON_its_syntax_error_is_the_only_one()
    {
        await using var editor = await Editor.Start();

        var said = await editor.Open("""{ "version": 2, "layers": [{ "type": "Conv3D" }, { "type": "Dense", "units": "x" ] }""");

        Assert.Equal("FCNN0001", Assert.Single(said.Diagnostics).Code);
    }

    [Fact]
    public async Task Two_specs_that_claim_one_class_are_told_as_in_a_build()
    {
        const string Text = """{ "version": 1, "name": "Net", "input": { "shape": [28, 28, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 10 }] }""";
        var (one, two) = ("file:///nowhere/specs/one.json", "file:///nowhere/specs/sub/two.json");
        await using var editor = await Editor.Start();
        Assert.Empty((await editor.Open(Text, one)).Diagnostics);

        var other = editor.Next(one);
        var said = await editor.Open(Text, two);
        var build = Build.Diagnostics(("/nowhere/specs/one.json", Text), ("/nowhere/specs/sub/two.json", Text)).ToDictionary(found => found.Location.GetLineSpan().Path, found => found.GetMessage(System.Globalization.CultureInfo.InvariantCulture));

        Assert.Equal(build["/nowhere/specs/sub/two.json"], Assert.Single(said.Diagnostics).Message);
        Assert.Equal(build["/nowhere/specs/one.json"], Assert.Single((await other).Diagnostics).Message);
        // Another name in one of them settles it in both.
        other = editor.Next(one);
        Assert.Empty((await editor.Replace(Text.Replace("\"Net\"", "\"Other\"", StringComparison.Ordinal), two)).Diagnostics);
        Assert.Empty((await other).Diagnostics);
    }

    [Fact]
    public async Task A_file_that_is_open_under_two_spellings_of_its_address_claims_its_class_once()
    {
        const string Text = """{ "version": 1, "name": "Net", "input": { "shape": [28, 28, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 10 }] }""";
        await using var editor = await Editor.Start();
        Assert.Empty((await editor.Open(Text, "file:///nowhere/specs/one.json")).Diagnostics);

        Assert.Empty((await editor.Open(Text, "file:///nowhere/specs/%6Fne.json")).Diagnostics);
        var said = (await editor.Open(Text, "file:///nowhere/specs/two.json")).Diagnostics;

        Assert.Equal(Build.Diagnostics(("/nowhere/specs/one.json", Text), ("/nowhere/specs/two.json", Text)).Select(found => found.GetMessage(System.Globalization.CultureInfo.InvariantCulture)).Last(), Assert.Single(said).Message);
    }

    [Fact]
    public async Task Files_that_are_not_open_claim_classes_too_and_a_global_config_counts()
    {
        const string Text = """{ "version": 1, "name": "Net", "input": { "shape": [28, 28, 1] }, "blocks": { "unused": { "layers": [{ "type": "Flatten" }] } }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 10 }] }""";
        var root = Directory.CreateTempSubdirectory();
        try
        {
            var folder = root.CreateSubdirectory("specs").FullName;
            File.WriteAllText(Path.Combine(folder, "saved.json"), Text);
            File.WriteAllText(Path.Combine(folder, "open.json"), Text);
            File.WriteAllText(Path.Combine(root.FullName, ".globalconfig"), "dotnet_diagnostic.FCNN3001.severity = warning\n");
            var uri = new Uri(Path.Combine(folder, "open.json")).AbsoluteUri;
            await using var editor = await Editor.Start();

            var said = (await editor.Open(Text, uri)).Diagnostics;
            Assert.Equal(["FCNN1024", "FCNN3001"], said.Select(found => found.Code));
            Assert.Equal([1, 2], said.Select(found => found.Severity));
            Assert.Contains("also claimed by saved.json", said[0].Message, StringComparison.Ordinal);

            // The other one gets a name of its own, and this one is saved.
            File.WriteAllText(Path.Combine(folder, "saved.json"), Text.Replace("\"Net\"", "\"Another\"", StringComparison.Ordinal));
            var next = editor.Next(uri);
            await editor.Notify("textDocument/didSave", new { textDocument = new { uri } });
            Assert.Equal("FCNN3001", Assert.Single((await next).Diagnostics).Code);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Files_that_change_on_disk_count_when_the_editor_says_so()
    {
        const string Text = """{ "version": 1, "name": "Net", "input": { "shape": [28, 28, 1] }, "blocks": { "unused": { "layers": [{ "type": "Flatten" }] } }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 10 }] }""";
        var root = Directory.CreateTempSubdirectory();
        try
        {
            var folder = root.CreateSubdirectory("specs").FullName;
            var (uri, other, config) = (new Uri(Path.Combine(folder, "open.json")).AbsoluteUri, Path.Combine(folder, "other.json"), Path.Combine(root.FullName, ".globalconfig"));
            await using var editor = await Editor.Start(new { workspace = new { didChangeWatchedFiles = new { dynamicRegistration = true } } });
            var registered = Assert.Single((await editor.Registered).Registrations);
            Assert.Equal("workspace/didChangeWatchedFiles", registered.Method);
            Assert.Equal(["**/specs/**", "**/.globalconfig"], registered.RegisterOptions.Watchers.Select(watcher => watcher.GlobPattern));
            Assert.Equal([("FCNN3001", 3)], Said(await editor.Open(Text, uri)));

            Assert.Equal([("FCNN1024", 1), ("FCNN3001", 3)], await After(() => File.WriteAllText(other, Text), other));
            Assert.Equal([("FCNN1024", 1), ("FCNN3001", 2)], await After(() => File.WriteAllText(config, "dotnet_diagnostic.FCNN3001.severity = warning\n"), config));
            Assert.Equal([("FCNN3001", 2)], await After(() => File.Delete(other), other));

            async Task<IEnumerable<(string, int)>> After(Action change, string path)
            {
                change();
                var next = editor.Next(uri);
                await editor.Notify("workspace/didChangeWatchedFiles", new { changes = new List<object> { new { uri = new Uri(path).AbsoluteUri, type = 2 } } });
                return Said(await next);
            }
        }
        finally
        {
            root.Delete(recursive: true);
        }

        static IEnumerable<(string, int)> Said(Protocol.PublishDiagnosticsParams said) => said.Diagnostics.Select(found => (found.Code, found.Severity));
    }

    [Fact]
    public async Task A_document_that_is_closed_has_no_diagnostics()
    {
        await using var editor = await Editor.Start();
        Assert.NotEmpty((await editor.Open("{}")).Diagnostics);

        var next = editor.Next(Editor.Uri());
        await editor.Notify("textDocument/didClose", new { textDocument = new { uri = Editor.Uri() } });

        Assert.Empty((await next).Diagnostics);
    }
}
