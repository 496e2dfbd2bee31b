using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;
using StreamJsonRpc;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>Definitions, references, and other names for blocks, parameters and layers.</summary>
public sealed class NavigationTests
{
    private const string Text = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "blocks": {
            "inner": {
              "parameters": ["filters"],
              "layers": [{ "type": "Conv2D", "filters": "$filters * 2 + $filters_too", "kernel_size": 3, "padding": "same" }]
            },
            "outer": {
              "parameters": ["filters", "source"],
              "layers": [{ "type": "Conv2D", "name": "last", "from": "$source", "filters": "$filters", "kernel_size": 1 }, { "block": "inner", "filters": "$filters" }, { "type": "ReLU" }]
            }
          },
          "layers": [
            { "type": "Conv2D", "name": "stem", "filters": 8, "kernel_size": 3 },
            { "block": "outer", "name": "body", "filters": 8, "source": "stem" },
            { "type": "Add", "name": "sum", "from": ["stem", "body"] },
            { "type": "Flatten" },
            { "type": "Dense", "units": 10 }
          ]
        }
        """;

    // What "inner" computes with is left out: it was there to be told apart.
    private static readonly string Sound = Text.Replace(" + $filters_too", string.Empty, StringComparison.Ordinal).Replace("{ \"block\": \"inner\", \"filters\": \"$filters\" }", "{ \"block\": \"inner\", \"filters\": 4 }", StringComparison.Ordinal);

    [Theory]
    [InlineData("\"block\": \"inner\"", 12, "\"inner\": {", 1)]
    [InlineData("{ \"block\": \"inner\", \"filters\"", 22, "[\"filters\"],", 2)]
    [InlineData("\"$filters * 2", 3, "[\"filters\"],", 2)]
    [InlineData("\"filters\": \"$filters\" }", 15, "[\"filters\", \"source\"]", 2)]
    [InlineData("\"source\": \"stem\"", 12, "\"name\": \"stem\"", 9)]
    [InlineData("[\"stem\", \"body\"]", 3, "\"name\": \"stem\"", 9)]
    [InlineData("[\"stem\", \"body\"]", 12, "\"name\": \"body\"", 9)]
    public async Task A_name_leads_to_its_definition(string at, int offset, string definition, int start)
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        var found = await editor.At<Location?>("textDocument/definition", Text, Text.IndexOf(at, StringComparison.Ordinal) + offset);

        Assert.Equal(Text.IndexOf(definition, StringComparison.Ordinal) + start, new TextLines(Text).OffsetOf(found!.Range.Start));
    }

    [Fact]
    public async Task References_are_all_uses()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        Assert.Equal(["\"stem\"", "\"stem\"", "\"stem\""], await References("\"name\": \"stem\"", 9, includesDefinition: true));
        Assert.Equal(["\"stem\"", "\"stem\""], await References("\"name\": \"stem\"", 9, includesDefinition: false));
        // The parameter, the key of its use, and both places of a formula, but not of the longer name.
        Assert.Equal(["\"filters\"", "$filters ", "\"filters\""], await References("[\"filters\"],", 3, includesDefinition: true));
        Assert.Empty(await References("\"padding\"", 3, includesDefinition: true));

        async Task<IEnumerable<string>> References(string at, int offset, bool includesDefinition)
        {
            var lines = new TextLines(Text);
            var found = await editor.Request<IReadOnlyList<Location>>("textDocument/references", new { textDocument = new { uri = Editor.Uri() }, position = lines.PositionOf(Text.IndexOf(at, StringComparison.Ordinal) + offset), context = new { includeDeclaration = includesDefinition } });
            return found.Select(location => lines.SpanOf(location.Range)).Select(span => Text[(span.Start - 1)..(span.End + 1)]);
        }
    }

    [Theory]
    [InlineData("\"block\": \"inner\"", 12, "deep", "inner", 2)]
    [InlineData("[\"filters\"],", 3, "channels", null, 3)]
    [InlineData("\"name\": \"stem\"", 10, "start", "stem", 3)]
    [InlineData("\"name\": \"body\"", 10, "middle", "body", 2)]
    public async Task Another_name_leaves_the_spec_as_it_was(string at, int offset, string name, string? gone, int places)
    {
        await using var editor = await Editor.Start();
        await editor.Open(Sound);
        Assert.DoesNotContain(SpecCompiler.Compile("net.json", Sound).Diagnostics, found => found.Rule.Severity == Severity.Error);

        var edit = await Rename(editor, at, offset, name);

        var edits = Assert.Single(edit.Changes!).Value;
        Assert.Equal(places, edits.Count);
        var renamed = Editor.Apply(Sound, edits);
        Assert.DoesNotContain(SpecCompiler.Compile("net.json", renamed).Diagnostics, found => found.Rule.Severity == Severity.Error);
        Assert.True(gone is null || !renamed.Contains($"\"{gone}\"", StringComparison.Ordinal));
        // The weights of a layer are called by its name, and the user hears of it.
        if (name == "start")
        {
            Assert.Contains("'stem' do not fit 'start'", await editor.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Empty(editor.Messages);
        }
    }

    [Fact]
    public async Task Where_the_editor_can_ask_it_asks_before_a_layer_gets_another_name()
    {
        await using var editor = await Editor.Start(new { workspace = new { workspaceEdit = new { documentChanges = true, changeAnnotationSupport = new { groupsOnLabel = true } } } });
        await editor.Open(Sound);

        var layer = await Rename(editor, "\"name\": \"stem\"", 10, "start");
        var (id, annotation) = Assert.Single(layer.ChangeAnnotations!);
        Assert.True(annotation.NeedsConfirmation);
        Assert.Contains("C# member", annotation.Description, StringComparison.Ordinal);
        Assert.All(Assert.Single(layer.DocumentChanges!).Edits, edit => Assert.Equal(id, edit.AnnotationId));

        // Nothing outside the text is called by the name of a block.
        var block = await Rename(editor, "\"block\": \"inner\"", 12, "deep");
        Assert.Null(block.ChangeAnnotations);
        Assert.All(Assert.Single(block.DocumentChanges!).Edits, edit => Assert.Null(edit.AnnotationId));
        Assert.Empty(editor.Messages);
    }

    [Theory]
    [InlineData("\"name\": \"stem\"", 10, "Stem", "is not a valid layer name")]
    [InlineData("\"name\": \"stem\"", 10, "sum", "the name 'sum' is taken")]
    [InlineData("\"block\": \"inner\"", 12, "outer", "appears twice")]
    [InlineData("\"block\": \"inner\"", 12, "", "is empty")]
    [InlineData("[\"filters\"],", 3, "block", "cannot be a parameter name")]
    [InlineData("\"padding\"", 3, "pad", "no name here")]
    public async Task A_name_that_cannot_be_is_refused(string at, int offset, string name, string why)
    {
        await using var editor = await Editor.Start();
        await editor.Open(Sound);

        var refused = await Assert.ThrowsAsync<RemoteInvocationException>(() => Rename(editor, at, offset, name));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_would_stand_for_something_else_is_refused()
    {
        // The first entry of the branch reads what the list calls its input.
        var text = Sound.Replace("{ \"type\": \"Flatten\" }", "{ \"type\": \"ReLU\", \"from\": \"sum\", \"name\": \"active\" }, { \"type\": \"Add\", \"name\": \"both\", \"from\": [\"active\", \"body\"] }, { \"type\": \"Flatten\" }", StringComparison.Ordinal)
            .Replace("\"from\": [\"stem\", \"body\"]", "\"branches\": [[{ \"type\": \"Conv2D\", \"filters\": 8, \"kernel_size\": 3, \"padding\": \"same\", \"from\": \"input\" }], []]", StringComparison.Ordinal);
        await using var editor = await Editor.Start();
        await editor.Open(text);
        Assert.DoesNotContain(SpecCompiler.Compile("net.json", text).Diagnostics, found => found.Rule.Severity == Severity.Error);

        // In the list of the model, nothing called input was read; in the branch, its own input still comes first.
        Assert.NotNull(await Ask("outside"));
        text = text.Replace("{ \"type\": \"Flatten\" }", "{ \"type\": \"Conv2D\", \"name\": \"early\", \"filters\": 8, \"kernel_size\": 3, \"from\": \"input\" }, { \"type\": \"Add\", \"from\": [\"early\", \"both\"] }, { \"type\": \"Flatten\" }", StringComparison.Ordinal);
        await editor.Replace(text);
        Assert.DoesNotContain(SpecCompiler.Compile("net.json", text).Diagnostics, found => found.Rule.Severity == Severity.Error);
        var refused = await Assert.ThrowsAsync<RemoteInvocationException>(() => Ask("input"));
        Assert.Contains("With this name, the spec has an error", refused.Message, StringComparison.Ordinal);

        Task<WorkspaceEdit?> Ask(string name) => editor.Request<WorkspaceEdit?>(
            "textDocument/rename", new { textDocument = new { uri = Editor.Uri() }, position = new TextLines(text).PositionOf(text.IndexOf("\"name\": \"stem\"", StringComparison.Ordinal) + 10), newName = name });
    }

    // What is wrong is not read: a use of the name in it would stay behind.
    [Fact]
    public async Task In_a_spec_with_errors_no_name_is_changed()
    {
        var text = Sound.Replace("\"type\": \"Add\"", "\"type\": \"Ad\"", StringComparison.Ordinal);
        await using var editor = await Editor.Start();
        await editor.Open(text);

        var refused = await Assert.ThrowsAsync<RemoteInvocationException>(() => editor.Request<WorkspaceEdit?>(
            "textDocument/rename", new { textDocument = new { uri = Editor.Uri() }, position = new TextLines(text).PositionOf(text.IndexOf("\"name\": \"stem\"", StringComparison.Ordinal) + 10), newName = "trunk" }));

        Assert.Contains("The spec has errors", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_to_change_is_without_quotes_and_dollar_sign()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Sound);

        var prepared = await editor.At<PrepareRenameResult?>("textDocument/prepareRename", Sound, Sound.IndexOf("$filters * 2", StringComparison.Ordinal) + 2);
        Assert.Equal("filters", prepared!.Placeholder);
        var span = new TextLines(Sound).SpanOf(prepared.Range);
        Assert.Equal("filters", Sound.Substring(span.Start, span.Length));
        Assert.Null(await editor.At<PrepareRenameResult?>("textDocument/prepareRename", Sound, Sound.IndexOf("padding", StringComparison.Ordinal)));
        await editor.Replace(Sound[..^1]);
        Assert.Null(await editor.At<PrepareRenameResult?>("textDocument/prepareRename", Sound, Sound.IndexOf("$filters * 2", StringComparison.Ordinal) + 2));
    }

    private static Task<WorkspaceEdit> Rename(Editor editor, string at, int offset, string name) => editor.Request<WorkspaceEdit>(
        "textDocument/rename", new { textDocument = new { uri = Editor.Uri() }, position = new TextLines(Sound).PositionOf(Sound.IndexOf(at, StringComparison.Ordinal) + offset), newName = name });
}
