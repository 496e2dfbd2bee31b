using TorchSharp;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class MemoryTests
{
    // More than any process can address.
    [Fact]
    public void Too_little_memory_is_a_failure_that_says_what_to_do()
    {
        var exception = Assert.ThrowsAny<Exception>(() => torch.zeros(1L << 50));

        Assert.Equal((1, "error: there is not enough memory. Train or evaluate in smaller batches (train: --batch-size), use a smaller network, or end other programs."), Said(exception));
        Assert.Equal(Said(exception), Said(Assert.Throws<OutOfMemoryException>(() => new byte[int.MaxValue])));
        Assert.StartsWith("error: this is a bug in the program: ", Said(new InvalidOperationException("not enough memory")).Line, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Line) Said(Exception exception)
    {
        var (exitCode, lines) = CommandLineProgram.Describe(exception);
        return (exitCode, Assert.Single(lines));
    }
}
