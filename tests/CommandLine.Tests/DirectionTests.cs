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
    public void The_tool_and_its_commands_need_neither_Torch_nor_pictures_nor_Roslyn()
    {
        var own = new HashSet<string>();
        var foreign = new HashSet<string>();
        Follow(typeof(Tool.ToolProgram).Assembly.Location);

        Assert.Contains("FashionCnn.Commands", own);
        Assert.Contains("FashionCnn.LanguageServer", own);
        Assert.DoesNotContain("FashionCnn.Runtime", own);
        Assert.Contains("Spectre.Console", foreign);
        Assert.DoesNotContain(foreign, name => name.Contains("Torch", StringComparison.Ordinal) || name.Contains("Skia", StringComparison.Ordinal) || name.StartsWith("ScottPlot", StringComparison.Ordinal) || name.Contains("CodeAnalysis", StringComparison.Ordinal));

        void Follow(string path)
        {
            foreach (var name in NamespaceReferences.Assemblies(path))
            {
                if (!name.StartsWith("FashionCnn", StringComparison.Ordinal))
                {
                    foreign.Add(name);
                }
                else if (own.Add(name))
                {
                    Follow(Path.Combine(Path.GetDirectoryName(path)!, $"{name}.dll"));
                }
            }
        }
    }

    [Fact]
    public void The_program_is_the_command_line_and_the_models() => Assert.DoesNotContain(
        NamespaceReferences.Assemblies(Processes.Program),
        name => name.StartsWith("ScottPlot", StringComparison.Ordinal) || name.StartsWith("System.CommandLine", StringComparison.Ordinal));
}
