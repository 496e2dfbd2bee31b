using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.Runtime.Tests;

/// <summary>Each room of the runtime uses those before it and no others, and the runtime knows nothing of command lines and charts.</summary>
public sealed class DirectionTests
{
    private const string Root = "FashionCnn";

    private static readonly string[][] Levels = [["Compiler.Keys"], ["Compiler.Shapes", "Compiler.Training"], [""], ["Storage"], ["Native"], ["Distribution"], ["Winograd"], ["Models"], ["Checks"], ["Data"], ["Evaluation"], ["Training"], ["Tuning"], ["Runs"]];

    private static readonly string Library = typeof(FashionCnn.Runs.Run).Assembly.Location;

    [Fact]
    public void Rooms_use_those_before_them()
    {
        Assert.Empty(NamespaceReferences.Against(Library, Root, Levels));
        // The check sees what it looks for.
        Assert.Contains("FashionCnn.Runs.Run uses FashionCnn.Training.Trainer", NamespaceReferences.Against(Library, Root, [.. Levels.Reverse()]));
    }

    [Fact]
    public void Nothing_of_charts_and_command_lines_is_among_the_references() => Assert.DoesNotContain(
        NamespaceReferences.Assemblies(Library),
        name => name.StartsWith("ScottPlot", StringComparison.Ordinal) || name.StartsWith("Spectre", StringComparison.Ordinal) || name.StartsWith("System.CommandLine", StringComparison.Ordinal) || name.StartsWith("FashionCnn.CommandLine", StringComparison.Ordinal));
}
