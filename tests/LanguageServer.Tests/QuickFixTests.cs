using System.Text.RegularExpressions;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Features;
using FashionCnn.LanguageServer.Protocol;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>What a message suggests is an edit with which the message goes.</summary>
public sealed partial class QuickFixTests
{
    private const string Misspelled = """{ "version": 1, "input": { "shape": [28, 28, 1] }, "layers": [{ "type": "Flaten" }, { "type": "Dense", "units": 10 }] }""";

    [Fact]
    public async Task Every_suggestion_of_the_fixtures_is_an_edit_that_mends_what_it_is_about()
    {
        await using var editor = await Editor.Start();
        var applied = 0;
        foreach (var path in Repository.Fixtures("invalid"))
        {
            var text = Build.Read(path);
            var name = Path.GetFileName(path);
            var said = (await editor.Open(text, Editor.Uri(name))).Diagnostics;
            var suggesting = said.Where(found => Suggests().IsMatch(found.Message)).ToList();
            var lines = new TextLines(text);
            foreach (var found in suggesting)
            {
                var actions = await editor.In<IReadOnlyList<CodeAction>>("textDocument/codeAction", text, lines.OffsetOf(found.Range.Start), lines.OffsetOf(found.Range.End), Editor.Uri(name));
                var action = actions.FirstOrDefault(action => action.Diagnostics.Single() == found);
                Assert.True(action is not null, $"{name}: no fix for {found.Message}");

                var mended = Editor.Apply(text, action.Edit.Changes!.Values.Single());
                Assert.NotEqual(text, mended);
                var after = SpecCompiler.Compile($"/nowhere/{name}", mended);
                Assert.True(after.Diagnostics.All(other => other.Rule.Id is not ("FCNN0001" or "FCNN0006" or "FCNN1003")), $"{name}: {found.Message}\n{mended}");
                // The same is not said once more, wherever it stands now.
                Assert.True(
                    Count(after.Diagnostics.Select(other => Core(other.Rule.Id, other.Message)), found) < Count(said.Select(other => Core(other.Code, other.Message)), found),
                    $"{name}: {found.Message}\n{string.Join('\n', after.Diagnostics.Select(other => other.Message))}");
                Assert.DoesNotContain(after.Diagnostics, other => other.Rule.Id == "FCNN9001");
                applied++;
            }
        }

        Assert.True(applied > 60, $"{applied}");
    }

    // The only errors of their specs: without them the spec is a model.
    [Theory]
    [InlineData("FCNN2003_inside_a_branch")]
    [InlineData("FCNN2004_groups")]
    [InlineData("FCNN2005_dense_on_an_image")]
    [InlineData("FCNN2008_reshape")]
    public async Task With_what_makes_the_model_compile_it_does(string name)
    {
        var path = Repository.Fixtures("invalid").Single(path => Path.GetFileNameWithoutExtension(path) == name);
        var text = Build.Read(path);
        await using var editor = await Editor.Start();
        await editor.Open(text);

        var actions = await editor.In<IReadOnlyList<CodeAction>>("textDocument/codeAction", text);
        var mends = actions.Where(action => action.Diagnostics[0].Message.Contains("and the model compiles", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(mends);
        Assert.All(mends, action =>
        {
            Assert.Equal("quickfix", action.Kind);
            Assert.DoesNotContain(SpecCompiler.Compile(path, Editor.Apply(text, action.Edit.Changes!.Values.Single())).Diagnostics, found => found.Rule.Severity == Severity.Error);
        });
    }

    [Theory]
    [InlineData("""
        "learning_rate": 0.1, // how fast
            // how long
            "epochs": 2
        """, """
        // how fast
            // how long
            "epochs": 2
        """)]
    [InlineData("""
        "epochs": 2, // how long
            /* how fast */ "learning_rate": 0.1
        """, """
        "epochs": 2// how long
            /* how fast */
        """)]
    public async Task What_is_moved_leaves_the_comments_behind(string training, string mended)
    {
        var text = $$"""
            {
              "version": 1, "input": { "shape": [28, 28, 1] },
              "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 10 }],
              "training": {
                "optimizer": { "type": "SGD" },
                {{training}}
              }
            }
            """;
        await using var editor = await Editor.Start();
        await editor.Open(text);

        var action = Assert.Single(await editor.In<IReadOnlyList<CodeAction>>("textDocument/codeAction", text), action => action.Title.StartsWith("Move to", StringComparison.Ordinal));

        var after = Editor.Apply(text, action.Edit.Changes!.Values.Single());
        Assert.Contains("{ \"type\": \"SGD\", \"learning_rate\": 0.1 }", after, StringComparison.Ordinal);
        Assert.Contains($"\n    {mended}", after, StringComparison.Ordinal);
        Assert.Empty(SpecCompiler.Compile("net.json", after).Diagnostics);
    }

    [Fact]
    public async Task What_is_replaced_leaves_its_comments_behind()
    {
        const string Text = """
            {
              "version": 1, "input": { "shape": [28, 28, 1] },
              "layers": [
                { "type": "Reshape", "target_shape": [ 14, // rows
                    15, // columns
                    4 ] }, { "type": "Flatten" }, { "type": "Dense", "units": 10 }
              ]
            }
            """;
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        var action = (await editor.In<IReadOnlyList<CodeAction>>("textDocument/codeAction", Text))[0];

        var after = Editor.Apply(Text, action.Edit.Changes!.Values.Single());
        Assert.Matches("""\] // rows\s+// columns\s+\}, \{ "type": "Flatten" """.TrimEnd(), after);
        Assert.Empty(SpecCompiler.Compile("net.json", after).Diagnostics);
    }

    [Fact]
    public async Task A_client_that_asks_for_other_actions_gets_none()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Misspelled);
        var range = new Range(new Position(0, 0), new Position(0, Misspelled.Length));

        Assert.Empty(await Ask("refactor"));
        Assert.Equal("Change to 'Flatten'", Assert.Single(await Ask("quickfix")).Title);

        Task<IReadOnlyList<CodeAction>> Ask(string kind) => editor.Request<IReadOnlyList<CodeAction>>(
            "textDocument/codeAction", new { textDocument = new { uri = Editor.Uri() }, range, context = new { diagnostics = Array.Empty<object>(), only = new List<string> { kind } } });
    }

    [Fact]
    public async Task A_fix_is_for_the_version_that_it_was_made_for()
    {
        await using var editor = await Editor.Start(new { workspace = new { workspaceEdit = new { documentChanges = true } } });
        await editor.Open(Misspelled);
        var said = await editor.Replace(Misspelled + "\n");

        var action = Assert.Single(await editor.In<IReadOnlyList<CodeAction>>("textDocument/codeAction", Misspelled));

        Assert.Null(action.Edit.Changes);
        Assert.Equal(new VersionedTextDocumentIdentifier(Editor.Uri(), said.Version), Assert.Single(action.Edit.DocumentChanges!).TextDocument);
    }

    [Fact]
    public void The_first_of_several_fixes_of_a_message_is_the_preferred_one()
    {
        var document = new SpecDocument(Editor.Uri(), 1, Misspelled);
        var found = Assert.Single(document.Analysis.Spec.Diagnostics);

        var actions = QuickFixes.In(document, found.Span, only: null, [found with { Fixes = [.. found.Fixes, .. found.Fixes] }, found], client: null);

        Assert.Equal([true, false, true], actions.Select(action => action.IsPreferred));
    }

    private static int Count(IEnumerable<string> messages, Diagnostic found) => messages.Count(message => message == Core(found.Code, found.Message));

    // Without the lists of names, which change with the text.
    private static string Core(string id, string message) => $"{id}: {message.Split("Allowed", 2)[0].Split("Shapes so far", 2)[0]}";

    [GeneratedRegex("did you mean|and the model compiles|put \\{ \"type\": \"Flatten\" \\} before it|write \\[\\d+, \\d+, \\d+\\]$")]
    private static partial Regex Suggests();
}
