using System.Text.Json;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Generator.Tests.Fuzz;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Features;
using FashionCnn.LanguageServer.Protocol;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>Whatever is written, the server answers, and says what a build says.</summary>
public sealed class RobustnessTests
{
    private const int Damaged = 1_000;

    private static readonly IReadOnlyList<byte[]> Sound = [.. Repository.SpecPaths.Concat(Repository.Fixtures("valid")).Select(File.ReadAllBytes)];

    private static readonly IReadOnlyList<byte[]> Faulty = [.. Repository.Fixtures("invalid").Select(File.ReadAllBytes).Where(bytes => bytes.Length < 20_000)];

    [Fact]
    public async Task Damage_as_edits_is_survived()
    {
        var mutator = new SpecMutator(Sound, Faulty);
        await using var editor = await Editor.Start();
        var text = System.Text.Encoding.UTF8.GetString(mutator.Mutate(0));
        await editor.Open(text);

        for (var i = 1; i < 150; i++)
        {
            var next = System.Text.Encoding.UTF8.GetString(mutator.Mutate(i));
            var said = await editor.Change([Edit(text, next)]);
            text = next;
            var spec = SpecCompiler.Compile("/nowhere/net.json", text);
            Assert.Equal(spec.Diagnostics.Select(found => found.Message), said.Diagnostics.Select(found => found.Message));
            var hints = await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", text);
            Assert.True(!spec.IsModel || hints.Any(hint => hint.Label.StartsWith("total ", StringComparison.Ordinal)), text);
        }
    }

    // Of two faces that begin with the same half of a surrogate pair, an editor may send the other half only.
    [Fact]
    public async Task A_change_of_half_a_character_is_made()
    {
        const string Text = "{ \"version\": 1, \"description\": \"\ud83d\ude00\", \"input\": { \"shape\": [4, 4, 1] }, \"layers\": [{ \"type\": \"Flatten\" }, { \"type\": \"Dense\", \"units\": 2 }] }";
        await using var editor = await Editor.Start();
        await editor.Open(Text);
        var half = Text.IndexOf('\ude00', StringComparison.Ordinal);

        var said = await editor.Send($$$"""{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"{{{Editor.Uri()}}}","version":2},"contentChanges":[{"range":{"start":{"line":0,"character":{{{half}}}},"end":{"line":0,"character":{{{half + 1}}}}},"text":"\ude01"}]}}""");

        Assert.Empty(said.Diagnostics);
        Assert.Contains("\ud83d\ude01", (await editor.Of<JsonElement>("fashionCnn/generatedCode")).GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_any_text_every_answer_can_be_had_at_any_place()
    {
        var mutator = new SpecMutator(Sound, Faulty);
        Parallel.For(0, Damaged, index =>
        {
            var text = System.Text.Encoding.UTF8.GetString(mutator.Mutate(index));
            try
            {
                Ask(new SpecDocument(Editor.Uri(), 1, text), new Random(index), places: 8);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"damaged spec {index}:\n{text}", exception);
            }
        });
    }

    [Theory]
    [InlineData("[", 1_000_000)]
    [InlineData("{\"layers\":", 100_000)]
    [InlineData("\"a,", 300_000)]
    [InlineData("{\"a\":\"", 170_000)]
    [InlineData("{ \"type\": \"Flatten\" },", 47_000)]
    [InlineData("/*", 500_000)]
    [InlineData("\\\"", 500_000)]
    [InlineData("\n", 1_000_000)]
    public async Task A_document_of_a_mebibyte_is_answered(string part, int count)
    {
        var text = $"{{ \"version\": 1, \"input\": {{ \"shape\": [28, 28, 1] }}, \"layers\": [{string.Concat(Enumerable.Repeat(part, count - 40))}";
        await using var editor = await Editor.Start();

        Assert.NotEmpty((await editor.Open(text)).Diagnostics);
        Assert.NotEmpty((await editor.Change([new ContentChange(new Range(new Position(0, 0), new Position(0, 0)), " ")])).Diagnostics);
        _ = await editor.At<CompletionList>("textDocument/completion", text, text.Length / 2);
        Ask(new SpecDocument(Editor.Uri(), 1, text), new Random(1), places: 2);
    }

    // Each of them may begin a string that ends far behind, and none does.
    [Fact]
    public async Task Quotes_that_end_far_away_are_looked_for_once()
    {
        var text = $"{{\"layers\": [\"{string.Concat(Enumerable.Repeat("\\\"", 400_000))}\" x";
        await using var editor = await Editor.Start();

        Assert.NotEmpty((await editor.Open(text)).Diagnostics);
        _ = await editor.At<CompletionList>("textDocument/completion", text, text.Length / 2);
    }

    [Fact]
    public async Task A_model_of_a_mebibyte_has_its_hints()
    {
        var text = $"{{ \"version\": 1, \"input\": {{ \"shape\": [28, 28, 1] }}, \"layers\": [{string.Concat(Enumerable.Repeat("{ \"type\": \"ReLU\" },\n", 9_000))}{new string(' ', 840_000)} {{ \"type\": \"Flatten\" }}, {{ \"type\": \"Dense\", \"units\": 10 }}] }}";
        Assert.InRange(text.Length, 1_000_000, 1 << 20);
        await using var editor = await Editor.Start();

        Assert.DoesNotContain((await editor.Open(text)).Diagnostics, found => found.Severity == 1);
        Assert.Equal(9_003, (await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", text)).Count);
    }

    private static void Ask(SpecDocument document, Random random, int places)
    {
        IReadOnlyList<SpecDiagnostic> findings = document.Analysis.Spec.Diagnostics;
        Assert.DoesNotContain(findings, found => found.Rule.Id == "FCNN9001");
        var length = document.Text.Length;
        _ = ShapeHints.In(document, new(0, length));
        _ = Outline.Of(document);
        _ = Folding.Of(document);
        _ = FormattingEdits.Of(document);
        var hasErrors = findings.Any(found => found.Rule.Severity == Severity.Error);
        Assert.Equal((hasErrors, hasErrors), (SpecViews.Code(document).Text is null, SpecViews.Drawing(document).Text is null));
        foreach (var action in QuickFixes.In(document, new(0, length), null, findings, client: null).Take(20))
        {
            _ = Editor.Apply(document.Text, action.Edit.Changes!.Values.Single());
        }

        for (var i = 0; i < places; i++)
        {
            var offset = random.Next(length + 1);
            _ = HoverText.At(document, offset, findings);
            _ = Navigation.Definition(document, offset);
            _ = Navigation.References(document, offset, includesDefinition: true);
            Assert.All(Completions.At(document, offset, takesSnippets: true), item => Assert.NotEmpty(item.TextEdit.NewText));
        }

        if (document.Analysis.Log.Symbols.FirstOrDefault() is { } symbol)
        {
            _ = Renaming.Of(document, symbol.Definition.Start + 1, "another_name", out _);
        }
    }

    /// <summary>One change that makes a text of another.</summary>
    private static ContentChange Edit(string before, string after)
    {
        var start = before.AsSpan().CommonPrefixLength(after);
        // A position between the two characters of a line's end is none.
        start -= start > 0 && before[start - 1] == '\r' ? 1 : 0;
        var lines = new TextLines(before);
        return new ContentChange(new Range(lines.PositionOf(start), lines.PositionOf(before.Length)), after[start..]);
    }
}
