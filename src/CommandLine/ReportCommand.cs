using System.CommandLine;
using FashionCnn.CommandLine.Report;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Storage;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Writes runs as one HTML file.</summary>
internal static class ReportCommand
{
    private const string Description = """
        Writes one HTML file that shows a run without a network: its configuration, layers, curves, confusion matrix, classes, and the
        most confident mistakes as images; of several runs also their comparison and all curves in one chart.
        """;

    private static readonly Argument<string[]> Runs = new("run") { Description = "Folders of runs, or models' ids, which stand for their latest finished runs.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Output = new("--output") { Description = "The file to write. Default: report.html in the run's folder, or runs/report.html for several runs.", HelpName = "file" };
    private static readonly Option<string?> Data = new("--data") { Description = "Where the test images are, as for train. Default: where the run found them.", HelpName = "folder" };

    public static Command Create(IReadOnlyList<ModelDescriptor> models, IAnsiConsole console)
    {
        var command = new Command("report", Description) { Runs, Output, Data };
        command.SetAction(result => Run(models, result.GetRequiredValue(Runs), result.GetValue(Output), result.GetValue(Data), console));
        return command;
    }

    private static int Run(IReadOnlyList<ModelDescriptor> models, string[] words, string? output, string? data, IAnsiConsole console)
    {
        var folders = words.Select(word => CompareCommand.Find(word, models)).DistinctBy(folder => Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder.Path))).ToList();
        var file = output ?? (folders is [var only] ? only.File("report.html") : RunPlace.Shared("report.html"));
        if (Directory.Exists(file))
        {
            throw new InputException($"--output {file}: this is a folder. Give the name of a file, such as {Path.Combine(file, "report.html")}.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (output is not null && !Directory.Exists(folder))
        {
            throw new InputException($"--output {file}: there is no folder {folder}. Make it, or give another file.");
        }

        // Runs on the same images read them once.
        var opened = new Dictionary<string, DataSet>();
        DataSet Open(string? place) => opened.TryGetValue(place ?? string.Empty, out var before)
            ? before
            : opened[place ?? string.Empty] = DownloadDisplay.Show(console, progress => DataSets.Open(place, DataEnvironment.Current, progress));

        var runs = folders.Select(run => ReportedRun.Of(run.Read(), models, Open, data)).ToList();
        foreach (var run in runs.Where(run => run.WithoutImages is not null))
        {
            console.WriteLine($"{run.Run.Folder.Path}: the mistakes are shown without pictures. {run.WithoutImages}");
        }

        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(file, HtmlReport.Of(runs));
        console.WriteLine($"Wrote {file}. Open it in a browser.");
        return CommandLineProgram.Success;
    }
}
