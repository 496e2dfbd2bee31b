using System.CommandLine;
using FashionCnn.CommandLine.Report;
using FashionCnn.Data;
using FashionCnn.Storage;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Writes an HTML report of runs.</summary>
internal static class ReportCommand
{
    private const string Description = """
        Writes a self-contained HTML report: a run's configuration, layers, curves, confusion matrix, classes, and most confident mistakes as images. For several runs, also their comparison and all curves in one chart.
        """;

    private static readonly Argument<string[]> Runs = new("run") { Description = "Run folders, or model ids for their latest finished runs.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Output = new("--output") { Description = "The file to write. Default: report.html in the run's folder, or runs/report.html for several runs.", HelpName = "file" };
    private static readonly Option<string?> Data = new("--data") { Description = "The folder with the test images, as for train. Default: where the run found them.", HelpName = "folder" };

    public static Command Create(ModelList models, IAnsiConsole console)
    {
        var command = new Command("report", Description) { Runs, Output, Data };
        command.SetAction(result => Interruption.Around(
            console, says: null, interruption => Run(models, result.GetRequiredValue(Runs), result.GetValue(Output), result.GetValue(Data), console, interruption.Token)));
        return command;
    }

    private static int Run(ModelList models, string[] words, string? output, string? data, IAnsiConsole console, CancellationToken cancellation)
    {
        var folders = words.Select(word => CompareCommand.Find(word, models)).DistinctBy(folder => Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder.Path))).ToList();
        var file = output ?? (folders is [var only] ? only.File("report.html") : RunPlace.Shared("report.html"));
        if (output is null)
        {
            OutputPlace.CheckFolder(option: null, Path.GetDirectoryName(Path.GetFullPath(file))!);
        }
        else
        {
            OutputPlace.CheckFile(Output.Name, file);
        }

        // Runs on the same images read them once.
        var opened = new Dictionary<DataRequest, DataSet>();
        DataSet Open(DataRequest request) => opened.TryGetValue(request, out var before)
            ? before
            : opened[request] = DataDisplay.Show(console, progress => DataSets.Open(request, DataEnvironment.Current, progress, cancellation));

        var runs = folders.Select(run => ReportedRun.Of(run.Read(), models, Open, data)).ToList();
        foreach (var run in runs.Where(run => run.WithoutImages is not null))
        {
            console.WriteLine($"{run.Run.Folder.Path}: the mistakes are shown without pictures. {run.WithoutImages}");
        }

        var report = HtmlReport.Of(runs);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        AtomicFile.WriteText(file, report, cancellation);
        console.WriteLine($"Wrote {file}. Open it in a browser.");
        return CommandLineProgram.Success;
    }
}
