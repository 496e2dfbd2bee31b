using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>The commands use charts and reports, which use nothing of them; and all of it uses the runtime by way of its assembly.</summary>
public sealed class DirectionTests
{
    private const string Root = "FashionCnn.CommandLine";

    private static readonly string[][] Levels = [["Numbers"], ["Charts"], ["Report"], ["Study"], [""]];

    private static readonly string Library = typeof(CommandLineProgram).Assembly.Location;

    [Fact]
    public void Rooms_use_those_before_them()
    {
        Assert.Empty(NamespaceReferences.Against(Library, Root, Levels));
        Assert.Contains("FashionCnn.CommandLine.ReportCommand uses FashionCnn.CommandLine.Report.HtmlReport", NamespaceReferences.Against(Library, Root, [.. Levels.Reverse()]));
    }

    [Fact]
    public void The_program_is_the_command_line_and_the_models() => Assert.DoesNotContain(
        NamespaceReferences.Assemblies(Processes.Program),
        name => name.StartsWith("ScottPlot", StringComparison.Ordinal) || name.StartsWith("System.CommandLine", StringComparison.Ordinal));
}
