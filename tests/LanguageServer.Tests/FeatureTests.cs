using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>What is shown of a spec: hints, hover, outline, folding, layout.</summary>
public sealed class FeatureTests
{
    private const string Text = """
        {
          // A comment
          // of two lines is two comments.
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "blocks": {
            "convs": {
              "parameters": ["filters", "size"],
              "layers": [
                { "type": "Conv2D", "filters": "$filters", "kernel_size": "$size", "padding": "same", "activation": "relu" },
                { "type": "MaxPooling2D" }
              ]
            }
          },
          "layers": [
            { "block": "convs", "filters": 16, "size": 3 },
            { "block": "convs", "filters": 32, "size": [5, 3] },
            { "type": "Conv2D", "name": "stem", "filters": 32, "kernel_size": 1 },
            { "repeat": 2, "layers": [{ "type": "BatchNormalization" }] },
            { "type": "Add", "branches": [[{ "type": "ReLU" }], []] },
            { "type": "Flatten" },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ],
          "training": { "optimizer": { "type": "SGD", "learning_rate": 0.1 } }
        }

        """;

    [Fact]
    public async Task Hints_are_shapes_and_parameters()
    {
        await using var editor = await Editor.Start();
        Assert.DoesNotContain((await editor.Open(Text)).Diagnostics, found => found.Severity == 1);

        var hints = await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", Text);

        var lines = new TextLines(Text);
        Assert.All(hints, hint => Assert.Contains(Text[lines.OffsetOf(hint.Position) - 1], "}]"));
        Assert.Equal(
            [
                "28x28x16 · 160, 2 shapes", "14x14x16, 2 shapes", "7x7x32 · 1,056", "7x7x32 · 128 ×2", "7x7x32", "7x7x32", "1568", "10 · 15,690",
                "total 24,874 parameters · 1,684,032 MACs",
            ],
            hints.Select(hint => hint.Label));
        Assert.Single(await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", Text, Text.IndexOf("{ \"type\": \"Flatten\"", StringComparison.Ordinal), Text.IndexOf("{ \"type\": \"Dense\"", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task In_a_block_whose_uses_are_alike_the_hint_says_how_many()
    {
        var text = Text.Replace("\"filters\": 32, \"size\": [5, 3]", "\"filters\": 16, \"size\": 3", StringComparison.Ordinal).Replace("        { \"type\": \"MaxPooling2D\" }", "        { \"type\": \"ReLU\" }", StringComparison.Ordinal);
        await using var editor = await Editor.Start();
        await editor.Open(text);

        var hints = await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", text);

        Assert.Equal(["28x28x16 · 160, 2 sizes", "28x28x16 ×2"], hints.Take(2).Select(hint => hint.Label));
    }

    [Fact]
    public async Task After_an_error_hints_are_of_what_is_known()
    {
        var text = Text.Replace("\"name\": \"stem\", \"filters\": 32", "\"name\": \"stem\", \"filters\": -1", StringComparison.Ordinal);
        await using var editor = await Editor.Start();
        Assert.Single((await editor.Open(text)).Diagnostics, found => found.Severity == 1);

        var hints = await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", text);

        Assert.Equal(["28x28x16 · 160, 2 shapes", "14x14x16, 2 shapes"], hints.Select(hint => hint.Label));
    }

    [Theory]
    [InlineData("\"type\": \"Conv2D\", \"name\"", "**Conv2D**", "`stem`: 7x7x32 → 7x7x32, 1,056 parameters, 50,176 MACs; C# member `Stem` (TorchSharp.Modules.Conv2d)", "| strides | `1` | `1` |", "| filters | `32` | required |")]
    [InlineData("\"type\": \"Conv2D\", \"filters\": \"$filters\"", "`conv1`: 28x28x1 → 28x28x16, 160 parameters", "`conv2`: 14x14x16 → 14x14x32, 7,712 parameters, 1,505,280 MACs")]
    [InlineData("\"repeat\"", "Becomes 2 layers: `batch_norm1`, `batch_norm2`.", "256 parameters; the last gives 7x7x32.")]
    [InlineData("\"block\": \"convs\", \"filters\": 16", "**filters**: a parameter.", "Values: `16`, `32`")]
    [InlineData("\"$size\"", "**size**: a parameter.", "Values: `3`, `[5, 3]`")]
    [InlineData("\"padding\"", "Takes \"valid\" or \"same\". Default: `\"valid\"`.")]
    [InlineData("\"units\"", "length of the output", "Takes an integer from 1 to 65,536. Required.")]
    [InlineData("\"SGD\"", "**SGD**", "| nesterov |  | `false` |")]
    [InlineData("\"learning_rate\"", "**learning_rate**", "Default: `0.01`.")]
    [InlineData("\"version\"", "The version of the language, 1.")]
    public async Task Hover_says_what_is_known(string part, params string[] expected)
    {
        // Most parts are followed from their beginning: the pointer is on the first value in them.
        var place = part switch
        {
            "\"block\": \"convs\", \"filters\": 16" => Text.IndexOf(part, StringComparison.Ordinal) + 22,
            _ when part.StartsWith("\"type\"", StringComparison.Ordinal) => Text.IndexOf(part, StringComparison.Ordinal) + 10,
            _ => Marked.At(Text, part),
        };
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        var hover = await editor.At<Hover?>("textDocument/hover", Text, place);

        Assert.NotNull(hover);
        Assert.Equal("markdown", hover.Contents.Kind);
        Assert.All(expected, words => Assert.Contains(words, hover.Contents.Value, StringComparison.Ordinal));
        var span = new TextLines(Text).SpanOf(hover.Range);
        Assert.InRange(place, span.Start, span.End);
    }

    [Fact]
    public async Task Hover_on_a_diagnostic_explains_it()
    {
        var text = Text.Replace("\"kernel_size\": 1", "\"kernel_size\": 40", StringComparison.Ordinal);
        await using var editor = await Editor.Start();
        await editor.Open(text);

        var hover = await editor.At<Hover?>("textDocument/hover", text, Marked.At(text, "40"));

        Assert.Contains("**FCNN2003** Window larger than its input.", hover!.Contents.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_say_hover_says_nothing()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        Assert.Null(await editor.At<Hover?>("textDocument/hover", Text, Text.Length));
        Assert.Null(await editor.At<Hover?>("textDocument/hover", Text, Text.IndexOf("comment", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_outline_is_the_network()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text);

        var symbols = await editor.Of<IReadOnlyList<DocumentSymbol>>("textDocument/documentSymbol");

        Assert.Equal(
            """
            input ([28, 28, 1])
            blocks
              convs (filters, size)
                conv1 ×2 (Conv2D 3x3 same relu 28x28x16)
                max_pool1 ×2 (MaxPooling2D 2x2 14x14x16)
            layers
              convs (block)
              convs (block)
              stem (Conv2D 1x1 valid 7x7x32)
              repeat 2
                batch_norm1 ×2 (BatchNormalization 7x7x32)
              add1 (Add 7x7x32)
                branch 1
                  relu1 (ReLU 7x7x32)
                branch 2
              flatten1 (Flatten 1568)
              dense1 (Dense softmax 10)
            training

            """,
            Written(symbols, 0));
        Assert.All(Flat(symbols), symbol => Assert.True(Within(symbol.SelectionRange, symbol.Range)));

        static string Written(IReadOnlyList<DocumentSymbol> symbols, int depth) => string.Concat(symbols.Select(symbol => $"{new string(' ', 2 * depth)}{symbol.Name}{(symbol.Detail is null ? string.Empty : $" ({symbol.Detail})")}\n{Written(symbol.Children, depth + 1)}"));
        static IEnumerable<DocumentSymbol> Flat(IEnumerable<DocumentSymbol> symbols) => symbols.SelectMany(symbol => Flat(symbol.Children).Prepend(symbol));
        static bool Within(Range inner, Range outer) => Before(outer.Start, inner.Start) && Before(inner.End, outer.End);
        static bool Before(Position first, Position second) => (first.Line, first.Character).CompareTo((second.Line, second.Character)) <= 0;
    }

    [Fact]
    public async Task What_takes_several_lines_folds()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text + "/* a\nlong\ncomment */\n");

        var ranges = await editor.Of<IReadOnlyList<FoldingRange>>("textDocument/foldingRange");

        Assert.Equal([(0, 23), (5, 12), (6, 11), (8, 10), (14, 21), (25, 27)], ranges.Select(range => (range.StartLine, range.EndLine)));
        Assert.Equal("comment", ranges[^1].Kind);
    }

    [Fact]
    public async Task Formatting_is_that_of_the_command()
    {
        await using var editor = await Editor.Start();
        foreach (var path in Repository.SpecPaths.Concat(Repository.Fixtures("valid")))
        {
            var text = Build.Read(path);
            var messy = text.Replace("\n", "\n   ", StringComparison.Ordinal);
            await editor.Open(messy);

            var edits = await editor.Of<IReadOnlyList<TextEdit>>("textDocument/formatting");
            Assert.Equal(Compiler.Show.SpecLayout.Print(messy), Editor.Apply(messy, edits));
        }

        Assert.Equal(Text, Compiler.Show.SpecLayout.Print(Text));
        await editor.Open(Text);
        Assert.Empty(await editor.Of<IReadOnlyList<TextEdit>>("textDocument/formatting"));
        await editor.Open(Text.Replace("\n", "\r\n", StringComparison.Ordinal)[..^9]);
        Assert.Empty(await editor.Of<IReadOnlyList<TextEdit>>("textDocument/formatting"));
    }
}
