using System.CommandLine;
using FashionCnn.CommandLine.Charts;
using FashionCnn.CommandLine.Numbers;
using FashionCnn.Compiler.Keys;
using FashionCnn.Runs;
using FashionCnn.Storage;
using Spectre.Console;
using static System.FormattableString;

namespace FashionCnn.CommandLine;

/// <summary>Compares runs.</summary>
internal static class CompareCommand
{
    private const string Description = """
        Compares runs: one table, a test of every pair on the same test images (McNemar's exact test, corrected by Holm for the number of pairs), mean and standard deviation over runs that differ only in their seed, and one chart with all curves.

        A model's id stands for its latest finished run. To compare several seeds of one model, give their folders: compare runs/model1a/*
        """;

    private static readonly Argument<string[]> RunsOrModels = new("run") { Description = "Run folders or model ids.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Output = new("--output") { Description = "The folder for curves.png, curves.svg and comparison.json. Default: runs/comparison.", HelpName = "folder" };

    public static Command Create(ModelList models, IAnsiConsole console)
    {
        var command = new Command("compare", Description) { RunsOrModels, Output };
        command.SetAction(result => Run(result.GetRequiredValue(RunsOrModels), models, result.GetValue(Output), console));
        return command;
    }

    /// <summary>The run that a word refers to: a folder, or a model's latest finished run.</summary>
    /// <exception cref="InputException">It is neither.</exception>
    public static RunFolder Find(string word, ModelList models) =>
        Directory.Exists(word) ? RunFolder.Open(word)
        : models.Known(word) is { } model ? RunPlace.LatestFinished(model.Id)
        : SpecList.IsFile(word) ? RunPlace.LatestFinished(Path.GetFileNameWithoutExtension(word))
        : throw new InputException($"{word}: there is no such folder or model{Suggestion.For(word, models.Ids)} Give run folders, such as those in runs/, or model ids.");

    /// <summary>Writes curves.png, curves.svg and comparison.json.</summary>
    public static void WriteFiles(RunComparison comparison, string folder)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, "curves.png"), stream => stream.Write(ComparisonChart.Png(comparison)));
        AtomicFile.WriteText(Path.Combine(folder, "curves.svg"), ComparisonChart.Svg(comparison));
        AtomicFile.WriteText(Path.Combine(folder, "comparison.json"), OutputJson.Write(ComparisonFile.Of(comparison, run => run.Run.Folder.Path)));
    }

    private static int Run(string[] words, ModelList models, string? chosen, IAnsiConsole console)
    {
        var output = chosen ?? RunPlace.Shared("comparison");
        OutputPlace.CheckFolder(chosen is null ? null : Output.Name, output);
        var folders = words.Select(word => Find(word, models)).DistinctBy(folder => Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder.Path))).ToList();
        if (folders.Count < 2)
        {
            throw new InputException("compare needs at least two runs: give run folders, such as those in runs/, or model ids.");
        }

        var comparison = RunComparison.Of([.. folders.Select(folder => folder.Read())]);
        WriteTable(comparison, console);
        WriteGroups(comparison, console);
        WritePairs(comparison, console);
        foreach (var note in comparison.Notes)
        {
            console.WriteLine($"Note: {note}.");
        }

        WriteFiles(comparison, output);
        console.WriteLine($"Curves and numbers are in {output}");
        return CommandLineProgram.Success;
    }

    private static void WriteTable(RunComparison comparison, IAnsiConsole console)
    {
        var table = TextTable.OfNumbers("Run", "Seed", "Epochs", "Precision", "Test accuracy", "95 % interval", "Test loss", "Training time", "Parameters", "MACs per image", "Images/s");

        foreach (var run in comparison.Runs)
        {
            var result = run.Run.Result;
            table.Add(
                run.Name,
                Invariant($"{result.Seed}"),
                Invariant($"{result.Epochs}"),
                result.Precision,
                NumberText.Number(result.TestAccuracy),
                StatisticText.Interval(run.AccuracyInterval),
                NumberText.Number(result.TestLoss),
                NumberText.Seconds(result.Epochs == 0 ? null : result.TrainSeconds),
                NumberText.Count(result.Parameters),
                NumberText.Count(result.MultiplyAccumulates),
                NumberText.Count(run.ImagesPerSecond));
        }

        table.Write(console);
    }

    private static void WriteGroups(RunComparison comparison, IAnsiConsole console)
    {
        foreach (var group in comparison.Groups)
        {
            console.WriteLine($"{group.Model}, {group.Runs.Count} seeds: test accuracy {StatisticText.Of(group.TestAccuracy)}, test loss {StatisticText.Of(group.TestLoss)}, training time {StatisticText.Seconds(group.TrainSeconds)} (mean ± standard deviation)");
        }
    }

    /// <summary>Says of every pair whether the two runs differ by more than chance.</summary>
    public static void WritePairs(RunComparison comparison, IAnsiConsole console)
    {
        if (comparison.Pairs.Count == 0)
        {
            return;
        }

        var table = new TextTable(
            new TextColumn("Two runs", IsNumber: false, IsProse: true),
            new TextColumn("Only the first is right"),
            new TextColumn("Only the second is right"),
            new TextColumn("p"),
            new TextColumn("p corrected"),
            new TextColumn("These two runs", IsNumber: false, IsProse: true));
        foreach (var pair in comparison.Pairs)
        {
            table.Add(
                $"{pair.First.Name}, {pair.Second.Name}",
                NumberText.Count(pair.Test.OnlyFirst),
                NumberText.Count(pair.Test.OnlySecond),
                NumberText.PValue(pair.Test.PValue),
                NumberText.PValue(pair.CorrectedPValue),
                pair.Verdict);
        }

        table.Write(console);
        console.WriteLine(RunComparison.AboutPairs);
    }
}
