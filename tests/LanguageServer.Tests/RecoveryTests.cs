using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Protocol;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>The tree of unfinished text.</summary>
public sealed class RecoveryTests
{
    private static readonly string[] Steps = ["", "{", "{ \"", "{ \"type", "{ \"type\": \"ReLU", "{ \"type\": \"ReLU\" }", "{ \"type\": \"ReLU\" },", "{ \"type\": \"ReLU\", \"na"];

    [Theory]
    [InlineData("""{ "a": 1, "b": [1, "x", true, null], }""", """{ "a": 1, "b": [1, "x", true, null] }""")]
    [InlineData("""{ "type": "Conv2D, "filters": 8 }""", """{ "type": "Conv2D", "filters": 8 }""")]
    [InlineData("""{ "type": "Conv }""", """{ "type": "Conv" }""")]
    [InlineData("""{ "fil""", """{ "fil": ? }""")]
    [InlineData("{ \"fil\n, \"units\": 3 }", """{ "fil": ?, "units": 3 }""")]
    [InlineData("""{ "type "Conv2D" }""", """{ "type": "Conv2D" }""")]
    [InlineData("""{ "type" "Conv2D" "units": 3 }""", """{ "type": "Conv2D", "units": 3 }""")]
    [InlineData("""{ "padding": "units": 3, "rate": }""", """{ "padding": ?, "units": 3, "rate": ? }""")]
    [InlineData("""{ padding: same, "x": 01 }""", """{ "padding": ?, "x": 01 }""")]
    [InlineData("""[{ "a": 1 { "b": 2 }]""", """[{ "a": 1 }, { "b": 2 }]""")]
    [InlineData("""[{ "a": 1, { "b": 2 }]""", """[{ "a": 1 }, { "b": 2 }]""")]
    [InlineData("""[{ "a": 1 }{ "b": 2 }]""", """[{ "a": 1 }, { "b": 2 }]""")]
    [InlineData("""{ "layers": [{ "a": 1 }, "training": { "b": 2 } }""", """{ "layers": [{ "a": 1 }], "training": { "b": 2 } }""")]
    [InlineData("""{ "layers": [{ "a": [1, 2 }, { "b": 2 }] }""", """{ "layers": [{ "a": [1, 2] }, { "b": 2 }] }""")]
    [InlineData("[{ \"type\":\n{ \"b\": 2 }]", """[{ "type": ? }, { "b": 2 }]""")]
    [InlineData("""{ "a": { "b": 1 ] } }""", """{ "a": { "b": 1 } }""")]
    [InlineData("""{ "a": 'x', "b": +1 } trailing""", """{ "a": ?, "b": ? }""")]
    [InlineData("""{ /* no end "a": 1 }""", "{}")]
    [InlineData("""{ "a": 1 // end""", """{ "a": 1 }""")]
    [InlineData("", "{}")]
    [InlineData("nothing", "{}")]
    [InlineData("}{", "{}")]
    public void Text_becomes_a_tree(string text, string expected) => Assert.Equal(expected, Written(RecoveringParser.Parse(text)));

    [Theory]
    [InlineData("plain größe", "\"plain größe\"")]
    [InlineData("a \"b\" \\ \n\u2028", "\"a \\\"b\\\" \\\\ \\u000a\\u2028\"")]
    [InlineData("\U0001F600", "\"\\ud83d\\ude00\"")]
    public void A_quoted_string_reads_back(string value, string expected)
    {
        Assert.Equal(expected, JsonText.Quote(value));
        Assert.Equal(value, Assert.IsType<JsonString>(JsonParser.Parse(JsonText.Quote(value), out _)).Value);
    }

    [Fact]
    public void Of_JSON_the_tree_is_the_parsers()
    {
        foreach (var path in Repository.SpecPaths.Concat(Repository.Fixtures("valid")).Concat(Repository.Fixtures("invalid")))
        {
            var text = Build.Read(path);
            if (JsonParser.Parse(text, out var error) is { } root && error is null)
            {
                Assert.Equal(Places(root), Places(RecoveringParser.Parse(text)));
            }
        }
    }

    [Fact]
    public void Every_beginning_of_a_spec_gives_a_tree_whose_places_are_in_the_text()
    {
        var text = Build.Read(Repository.SpecPaths.First(path => path.EndsWith("resnet.json", StringComparison.Ordinal)));
        for (var length = 0; length <= text.Length; length++)
        {
            var beginning = text[..length];
            Assert.All(Nodes(RecoveringParser.Parse(beginning)), node => Assert.InRange(node.Span.End, node.Span.Start, length));
        }
    }

    [Fact]
    public async Task Hints_and_outline_stay_while_one_writes()
    {
        const string Whole = """
            {
              "version": 1,
              "input": { "shape": [28, 28, 1] },
              "layers": [
                { "type": "Conv2D", "filters": 8, "kernel_size": 3 },
                ⟦⟧
                { "type": "Flatten" },
                { "type": "Dense", "units": 10 }
              ]
            }
            """;
        await using var editor = await Editor.Start();
        foreach (var written in Steps)
        {
            var text = Whole.Replace("⟦⟧", written, StringComparison.Ordinal);
            var said = await editor.Open(text);
            Assert.InRange(said.Diagnostics.Count, 0, 1);

            var hints = await editor.In<IReadOnlyList<InlayHint>>("textDocument/inlayHint", text);
            Assert.Equal("26x26x8 · 80", hints[0].Label);
            // What comes after an entry that is none yet has no known shape.
            Assert.Equal(written.Length == 0 || written.Contains("ReLU", StringComparison.Ordinal), hints.Any(hint => hint.Label == "5408"));
            var outline = await editor.Of<IReadOnlyList<DocumentSymbol>>("textDocument/documentSymbol");
            Assert.Equal(["conv1", "flatten1", "dense1"], outline[^1].Children.Select(child => child.Name).Where(name => name is "conv1" or "flatten1" or "dense1"));
        }
    }

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => (node switch
    {
        JsonObject value => value.Members.SelectMany(member => Nodes(member.Value)),
        JsonArray value => value.Items.SelectMany(Nodes),
        _ => [],
    }).Prepend(node);

    private static string Places(JsonNode node) => string.Join(' ', Nodes(node).Select(inner => $"{inner.Kind} {inner.Span.Start}-{inner.Span.End}")) + Written(node);

    private static string Written(JsonNode node) => node switch
    {
        JsonObject { Members.IsEmpty: true } => "{}",
        JsonObject value => $"{{ {string.Join(", ", value.Members.Select(member => $"{JsonText.Quote(member.Name)}: {Written(member.Value)}"))} }}",
        JsonArray value => $"[{string.Join(", ", value.Items.Select(Written))}]",
        UnknownNode => "?",
        _ => JsonText.Write(node),
    };
}
