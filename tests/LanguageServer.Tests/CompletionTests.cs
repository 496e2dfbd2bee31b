using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Features;
using FashionCnn.LanguageServer.Protocol;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>What can be written, at places of whole and of unfinished texts.</summary>
public sealed class CompletionTests
{
    private const string Start = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "blocks": {
            "conv_bn": {
              "parameters": ["filters", "act"],
              "layers": [
                { "type": "Conv2D", "filters": "$filters", "kernel_size": 3, "activation": "$act" },
                { "type": "BatchNormalization" ⟦block⟧ }
              ]
            }
          },
          "layers": [
            { "type": "Conv2D", "name": "stem", "filters": 8, "kernel_size": 3 },
            ⟦here⟧
            { "type": "Flatten" },
            { "type": "Dense", "units": 10 }
          ]⟦end⟧
        }
        """;

    private static readonly string[] Marks = ["block", "here", "end"];

    [Theory]
    [InlineData("[{ \"type\": \"MaxPooling2D\" ⟦⟧ }, { \"type\": \"Flatten\" }]", "\"strides\"")]
    [InlineData("[{ \"type\": \"MaxPooling2D\" } ⟦⟧, { \"type\": \"Flatten\" }]", "\"ReLU\"")]
    [InlineData("[{ \"type\": \"MaxPooling2D\" }, ⟦⟧ // the end\n { \"type\": \"Flatten\" }]", "\"ReLU\"")]
    [InlineData("[⟦⟧ /* all\n of it */ { \"type\": \"Flatten\" }]", "\"ReLU\"")]
    [InlineData("[{ \"type\": \"ReLU\", \"name\": \"a\" }, { \"type\": \"ReLU\", \"name\": \"b\" }, { \"type\": \"Add\", \"from\": [\"a\" ⟦⟧] }, { \"type\": \"Flatten\" }]", "\"b\"")]
    public void Commas_come_along(string layers, string label)
    {
        var marked = $"{{ \"version\": 1, \"input\": {{ \"shape\": [28, 28, 1] }}, \"layers\": {layers} }}";
        var offset = marked.IndexOf('⟦', StringComparison.Ordinal);
        var text = marked.Remove(offset, 2);
        var item = Completions.At(new SpecDocument(Editor.Uri(), 1, text), offset, takesSnippets: false).First(found => found.Label == label);

        var completed = Editor.Apply(text, [item.TextEdit]);

        Assert.NotNull(System.Text.Json.JsonDocument.Parse(completed.Replace(": }", ": 1 }", StringComparison.Ordinal), new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true }));
    }

    [Theory]
    // Keys that are missing, in whole and in unfinished text.
    [InlineData("here", "{ \"type\": \"MaxPooling2D\", ⟦⟧ },", "pool_size,strides,padding,name,from", "filters")]
    [InlineData("here", "{ \"type\": \"MaxPooling2D\", \"str⟦⟧\" },", "strides,pool_size", "type")]
    [InlineData("here", "{ \"type\": \"MaxPooling2D\", \"str⟦⟧", "strides", "type")]
    [InlineData("here", "{ \"type\": \"MaxPooling2D\" ⟦⟧", "strides", "type")]
    [InlineData("here", "{ ⟦⟧ },", "type,repeat,block", "filters")]
    [InlineData("here", "{ \"⟦⟧\n", "type,repeat,block", "filters")]
    [InlineData("here", "{ \"repeat\": 2, \"⟦⟧\" },", "layers,name,from,trainable", "repeat")]
    [InlineData("here", "{ \"block\": \"conv_bn\", \"⟦⟧\" },", "filters,act,name,from,trainable", "kernel_size")]
    [InlineData("here", "{ \"type\": \"Add\", \"⟦⟧\" },", "branches,from,name", "type")]
    [InlineData("end", ", \"⟦⟧\"", "training,name,description", "layers")]
    [InlineData("end", ", \"training\": { \"⟦⟧\" }", "optimizer,learning_rate_schedule,early_stopping,epochs", "training")]
    [InlineData("end", ", \"training\": { \"optimizer\": { \"type\": \"SGD\", \"⟦⟧\" } }", "nesterov,momentum", "beta_1")]
    [InlineData("end", ", \"training\": { \"early_stopping\": { ⟦⟧ } }", "patience,monitor", "type")]
    [InlineData("here", "{ \"type\": \"Dense\", \"units\": 3, \"kernel_initializer\": { \"type\": \"random_normal\", \"⟦⟧\" } },", "stddev,mean", "units")]
    // Values.
    [InlineData("here", "{ \"type\": \"⟦⟧\" },", "Conv2D,Add,Dense", "conv_bn")]
    [InlineData("here", "{ \"type\": \"Con⟦⟧", "Conv2D,Concatenate", "conv_bn")]
    [InlineData("here", "{ \"type\": ⟦⟧", "Conv2D", "conv_bn")]
    [InlineData("here", "{ \"type\": \"MaxPooling2D\", \"padding\": \"⟦⟧\" },", "valid,same", "relu")]
    [InlineData("here", "{ \"type\": \"MaxPooling2D\", \"padding\": ⟦⟧ },", "valid,same", "$filters")]
    [InlineData("here", "{ \"type\": \"MaxPooling2D\", \"padding\": \"⟦⟧", "valid,same", "relu")]
    [InlineData("here", "{ \"type\": \"Dense\", \"use_bias\": ⟦⟧ },", "true,false", "null")]
    [InlineData("here", "{ \"type\": \"Dense\", \"kernel_initializer\": \"⟦⟧\" },", "he_normal,{ random_normal }", "relu")]
    [InlineData("here", "{ \"type\": \"Dense\", \"kernel_regularizer\": ⟦⟧ },", "{ L2 }", "he_normal")]
    [InlineData("here", "{ \"block\": \"⟦⟧\" },", "conv_bn", "Conv2D")]
    [InlineData("here", "{ \"block\": \"co⟦⟧", "conv_bn", "Conv2D")]
    [InlineData("here", "{ \"type\": \"ReLU\", \"from\": \"⟦⟧\" },", "stem,input", "$filters")]
    [InlineData("here", "{ \"type\": \"Add\", \"from\": [\"stem\", \"⟦⟧\"] },", "stem,input", "conv_bn")]
    [InlineData("here", "{ \"type\": \"Add\", \"from\": [\"stem\", ⟦⟧ },", "stem,input", "conv_bn")]
    [InlineData("here", "{ \"type\": \"Add\", \"branches\": [[{ \"type\": \"ReLU\", \"name\": \"inner\" }, { \"type\": \"ReLU\", \"from\": \"⟦⟧\" }], []] },", "inner,input,stem", "conv_bn")]
    [InlineData("block", ", \"momentum\": \"⟦⟧\"", "$filters,$act", "valid")]
    [InlineData("block", ", \"from\": \"⟦⟧\"", "input,$filters", "stem")]
    [InlineData("block", " }, { \"type\": \"Dense\", \"activation\": \"⟦⟧\"", "relu,$act", "valid")]
    [InlineData("block", " }, { \"type\": \"MaxPooling2D\", \"pool_size\": [2, ⟦⟧]", "$filters", "valid")]
    [InlineData("end", ", \"training\": { \"optimizer\": { \"type\": \"⟦⟧\" } }", "Adam,SGD", "Conv2D")]
    [InlineData("end", ", \"training\": { \"optimizer\": ⟦⟧ }", "{ Adam },{ SGD }", "{ CosineDecay }")]
    [InlineData("end", ", \"training\": { \"class_weights\": \"⟦⟧\" }", "balanced", "$filters")]
    // Entries.
    [InlineData("here", "⟦⟧", "Conv2D,conv_bn,repeat", "type")]
    [InlineData("here", "\"⟦⟧", "Conv2D,conv_bn,repeat", "type")]
    // Where names are one's own, nothing is offered.
    [InlineData("here", "{ \"type\": \"ReLU\", \"name\": \"⟦⟧\" },", "", "$filters")]
    public async Task Completion_offers_what_fits(string where, string written, string expected, string unexpected)
    {
        var (text, offset) = Marked.Of(At(where, written));
        await using var editor = await Editor.Start();
        await editor.Open(text);

        var items = (await editor.At<CompletionList>("textDocument/completion", text, offset)).Items;

        var labels = items.Select(item => item.Label.Trim('"')).ToList();
        Assert.All(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), label => Assert.Contains(label, labels));
        Assert.DoesNotContain(unexpected, labels);
        Assert.Equal(labels.Distinct(), labels);
        Assert.True(expected.Length > 0 || labels.Count == 0);
        var lines = new TextLines(text);
        // The range to replace is of one line, and the place is in it.
        Assert.All(items, item =>
        {
            var span = lines.SpanOf(item.TextEdit.Range);
            Assert.InRange(offset, span.Start, span.End);
            Assert.Equal(item.TextEdit.Range.Start.Line, item.TextEdit.Range.End.Line);
        });
    }

    [Fact]
    public async Task A_type_comes_with_its_required_keys_and_what_it_makes_is_bound()
    {
        await using var editor = await Editor.Start();
        foreach (var (written, needsType) in new[] { ("{ \"type\": \"⟦⟧\" },", true), ("⟦⟧", false) })
        {
            var (text, offset) = Marked.Of(At("here", written));
            await editor.Open(text);
            var items = (await editor.At<CompletionList>("textDocument/completion", text, offset)).Items;
            foreach (var kind in LayerTable.Kinds)
            {
                var item = items.Single(item => item.Label == JsonText.Quote(kind.Type));
                Assert.Equal(kind.Table.Keys.Any(key => key.IsRequired) || kind.JoinsBranches ? 2 : 1, item.InsertTextFormat);
                Assert.All(kind.Table.Keys.Where(key => key.IsRequired), key => Assert.Contains(JsonText.Quote(key.Name), item.TextEdit.NewText, StringComparison.Ordinal));
                var completed = Editor.Apply(text, [item.TextEdit with { NewText = SnippetText.Plain(item.TextEdit.NewText) }]);

                // Shapes may not fit here.
                Assert.DoesNotContain(SpecCompiler.Compile("net.json", completed).Diagnostics, found => found.Rule.Severity == Severity.Error && string.CompareOrdinal(found.Rule.Id, "FCNN2") < 0);
            }

            Assert.Equal(needsType, items.All(item => item.Label != "\"repeat\""));
        }
    }

    [Fact]
    public async Task A_key_comes_with_its_default_and_a_block_with_its_parameters()
    {
        await using var editor = await Editor.Start();
        Assert.Equal("\"padding\": \"${1:valid}\"", await Item("{ \"type\": \"MaxPooling2D\", ⟦⟧ },", "padding"));
        // A key that has its value keeps it, and what follows is kept apart.
        Assert.Equal("\"padding\"", await Item("{ \"type\": \"MaxPooling2D\", \"pad⟦⟧\": \"same\" },", "padding"));
        Assert.Equal("\"padding\": \"${1:valid}\",", await Item("{ \"type\": \"MaxPooling2D\", ⟦⟧ \"strides\": 2 },", "padding"));
        Assert.Equal("\"conv_bn\", \"filters\": ${1:1}, \"act\": ${2:1}", await Item("{ \"block\": \"⟦⟧\" },", "conv_bn"));
        Assert.Equal("\"conv_bn\", \"act\": ${1:1},", await Item("{ \"block\": \"⟦⟧\" \"filters\": 8 },", "conv_bn"));
        Assert.Equal("\"\\$act\"", await Item("{ \"type\": \"ReLU\" }, { \"type\": \"Dense\", \"activation\": \"⟦⟧\"", "$act", "block"));

        async Task<string> Item(string written, string label, string where = "here")
        {
            var (text, offset) = Marked.Of(At(where, where == "block" ? $" }}, {written}" : written));
            await editor.Open(text);
            return (await editor.At<CompletionList>("textDocument/completion", text, offset)).Items.Single(item => item.Label == JsonText.Quote(label)).TextEdit.NewText;
        }
    }

    [Fact]
    public async Task A_client_without_snippets_gets_plain_text()
    {
        var (text, offset) = Marked.Of(At("here", "{ \"type\": \"⟦⟧\" },"));
        await using var editor = await Editor.Start(new { });
        await editor.Open(text);

        var item = (await editor.At<CompletionList>("textDocument/completion", text, offset)).Items.Single(item => item.Label == "\"Conv2D\"");

        Assert.Equal("\"Conv2D\", \"filters\": 32, \"kernel_size\": 3", item.TextEdit.NewText);
        Assert.Equal(1, item.InsertTextFormat);
    }

    private static string At(string where, string written) => Marks.Aggregate(Start, (text, mark) => text.Replace($"⟦{mark}⟧", mark == where ? written : string.Empty, StringComparison.Ordinal));
}
