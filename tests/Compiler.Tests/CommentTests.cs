using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>Comments may stand wherever white space may, and hold any text.</summary>
public sealed class CommentTests
{
    private const string Rest = """ "input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 2 }] }""";

    [Theory]
    [InlineData("{ \"version\" /* the first */ : 1,")]
    [InlineData("{ \"version\" // the first\n : 1,")]
    [InlineData("/**/{/**/\"version\"/**/:/**/1/**/,/**/")]
    [InlineData("{ \"version\": 1, // one\u2028two\n")]
    [InlineData("{ \"version\": 1, /* \ufeff \"quoted // /* */")]
    [InlineData("{ // \"a\r \"version\": 1,")]
    [InlineData("{ \"version\": 1, \"description\": \"http://a/*b*/ \\\" // c\",")]
    public void A_spec_with_comments_compiles(string start) => Assert.Empty(SpecCompiler.Compile("net.json", start + Rest).Diagnostics);

    [Theory]
    [InlineData("{ \"version\" /* the first */ 1 }", "FCNN0001", "1", "':' after the key \"version\"")]
    [InlineData("{ \"version\" /* the first : 1 }", "FCNN0009", "/*", null)]
    [InlineData("{ \"version\": 1 / 2 }", "FCNN0001", "/", "',' or '}'")]
    [InlineData("{ \ufeff\"version\": 1 }", "FCNN0001", "\ufeff", "U+FEFF")]
    public void What_is_wrong_beside_a_comment_is_found(string text, string id, string squiggle, string? message)
    {
        var error = Assert.Single(SpecCompiler.Compile("net.json", text).Diagnostics);

        Assert.Equal((id, squiggle), (error.Rule.Id, text[error.Span.Start..error.Span.End]));
        Assert.Contains(message ?? string.Empty, error.Message, StringComparison.Ordinal);
    }
}
