using FashionCnn.Compiler.Diagnostics;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class ExplainTests : IDisposable
{
    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Theory]
    [InlineData("FCNN2003")]
    [InlineData("fcnn2003")]
    [InlineData("2003")]
    public void A_diagnostic_is_explained_with_its_section_of_the_page(string id)
    {
        Assert.Equal(0, program.Run("explain", id));

        Assert.StartsWith("FCNN2003: Window larger than its input. A kernel or pool is larger than the image that reaches it.\n\n    { \"type\": \"Conv2D\",", program.Output.Replace("FCNN2003: \n\n", "FCNN2003: ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\n    error FCNN2003: layers[0] 'conv1' (Conv2D): kernel 8x8 does not fit", program.Output, StringComparison.Ordinal);
        Assert.EndsWith("The trail shows which layers made the image small.\n", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("```", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("FCNN2004", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_diagnostic_is_explained_without_a_relative_link()
    {
        Assert.True(Explanations.Ids.Count > 50);
        foreach (var id in Explanations.Ids)
        {
            Assert.Equal(0, program.Run("explain", id));
            Assert.Matches("[.:]\n$", program.Output[..(program.Output.IndexOf('\n', StringComparison.Ordinal) + 1)]);
            Assert.DoesNotContain("](", program.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("FCNN2303", "error: There is no diagnostic 'FCNN2303'; did you mean 'FCNN2003'? Diagnostics: FCNN0001, ")]
    [InlineData("nonsense", "error: There is no diagnostic 'nonsense'. Diagnostics: FCNN0001, ")]
    [InlineData("", "error: <id> is empty: The diagnostic's id")]
    public void What_is_no_diagnostic_is_an_error_that_lists_all(string id, string message)
    {
        Assert.Equal(2, program.Run("explain", id));

        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
    }
}
