using FashionCnn.Compiler.Syntax;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>A message never hides what is wrong: what cannot be seen, or looks like something else, is named.</summary>
public sealed class VisibleTests
{
    [Theory]
    [InlineData("Dense\u200b", @"Dense\u200b")]
    [InlineData("\ufeffunits", @"\ufeffunits")]
    [InlineData("units\u00a0", @"units\u00a0")]
    [InlineData("a\u00adb\u2060c\u200e", @"a\u00adb\u2060c\u200e")]
    [InlineData("a\u3000b\u2003c", @"a\u3000b\u2003c")]
    [InlineData("two\nlines\t\u0085\u2028", @"two\u000alines\u0009\u0085\u2028")]
    [InlineData("\u3164\u2800\u115f", @"\u3164\u2800\u115f")]
    [InlineData("tag\U000E0041", @"tag\udb40\udc41")]
    [InlineData("\ufffe\uffff\ue000", @"\ufffe\uffff\ue000")]
    [InlineData("D\u0435nse", @"D\u0435nse")]
    [InlineData("\u0410dd", @"\u0410dd")]
    [InlineData("C\u03bfnv2D", @"C\u03bfnv2D")]
    [InlineData("\uff24ense", @"\uff24ense")]
    [InlineData("größe 大きい 😀 Ελλάδα привет слон a-я", "größe 大きい 😀 Ελλάδα привет слон a-я")]
    [InlineData("kernel_size, [3, 3]", "kernel_size, [3, 3]")]
    public void Text_shows_every_character(string text, string shown) => Assert.Equal(shown, Visible.Text(text));

    // Test data cannot hold it.
    [Fact]
    public void Half_of_a_pair_is_named_and_no_documentation()
    {
        Assert.Equal(@"half\ud83d", Visible.Text("half\ud83d"));
        Assert.Equal("U+D83D", Visible.Found("\ud83d"));
        Assert.Equal("half", Code.CSharp.Comment("half\ud83d"));
    }

    [Theory]
    [InlineData("]", "']'")]
    [InlineData("\u00a0", "U+00A0 (a no-break space)")]
    [InlineData("\u200b", "U+200B (a zero-width space)")]
    [InlineData("\ufeff", "U+FEFF (a byte-order mark)")]
    [InlineData("\0", "U+0000 (a null character)")]
    [InlineData("\u0007", "U+0007")]
    [InlineData("\u2004", "U+2004")]
    [InlineData("\u201c", "'\u201c' (U+201C, a curly quotation mark)")]
    [InlineData("\uff0c", "'\uff0c' (U+FF0C)")]
    [InlineData("😀", "'😀' (U+1F600)")]
    [InlineData("word", "'word'")]
    public void What_was_found_is_named(string found, string named) => Assert.Equal(named, Visible.Found(found));

    // The names of blocks and classes, paths of places, what XML takes from a spec: all of them come from its text.
    [Fact]
    public void No_message_of_a_spec_holds_what_cannot_be_seen()
    {
        foreach (var unseen in "\u200b\u00a0\u00ad\u202e\u2028\ufeff")
        {
            var spec = SpecCompiler.Compile("net.json", $$"""
                {
                  "version": 1, "name": "N{{unseen}}", "in{{unseen}}put": { "shape": [4, 4, 1] }, "input": { "shape": [4, 4, 1] },
                  "blocks": { "b{{unseen}}": { "parameters": ["p{{unseen}}", "q"], "layers": [{ "type": "Dropout", "rate": "$q{{unseen}}" }, { "type": "Dropuot" }] } },
                  "layers": [{ "block": "b{{unseen}}", "q{{unseen}}": 1 }, { "block": "b" }, { "type": "Dense", "activation": "relu{{unseen}}", "name": "d{{unseen}}" }],
                  "training": { "optimizer": { "type": "Adam{{unseen}}" }, "epoch{{unseen}}s": 1 }
                }
                """);

            Assert.True(spec.Diagnostics.Count > 8);
            Assert.All(spec.Diagnostics, diagnostic => Assert.DoesNotContain(unseen, diagnostic.Message));
            Assert.Contains(spec.Diagnostics, diagnostic => diagnostic.Message.Contains($"\\u{(int)unseen:x4}", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("\uffff")]
    [InlineData("\ufffe")]
    [InlineData("\u0001")]
    [InlineData("\u000b")]
    public void A_documentation_comment_leaves_out_what_XML_does_not_allow(string character)
    {
        Assert.Equal("x &lt;y&gt; 😀", Code.CSharp.Comment($"x {character}<y> 😀"));
        Assert.DoesNotContain(character, Code.CSharp.String(character), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".json")]
    [InlineData("..json")]
    [InlineData("...json")]
    [InlineData("---.json")]
    [InlineData("_.json")]
    [InlineData("\u200b.json")]
    public void A_file_whose_name_gives_no_id_is_an_error_with_and_without_a_name(string file)
    {
        foreach (var name in new[] { string.Empty, "\"name\": \"Net\"," })
        {
            var spec = SpecCompiler.Compile(
                $"specs/{file}", $$"""{ "version": 1, {{name}} "input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 2 }] }""");

            var diagnostic = Assert.Single(spec.Diagnostics);
            Assert.Equal(("FCNN1032", new TextSpan(0, 1)), (diagnostic.Rule.Id, diagnostic.Span));
            Assert.Equal($"the file name '{Visible.Text(file)}' gives the model no id: it needs a letter or a digit before '.json'; rename the file", diagnostic.Message);
        }
    }
}
