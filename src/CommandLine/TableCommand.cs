using System.CommandLine;
using FashionCnn.CommandLine.Study;
using FashionCnn.Compiler.Keys;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Reproduces the study's table of results.</summary>
internal static class TableCommand
{
    private static readonly string Description = $"""
        Reproduces the study's table. Trains each of its models that has no finished run with these settings and this seed yet, compares published with reproduced results, and checks the study's findings. All five models in full take hours. After Ctrl-C or a crash, rerunning the command resumes where it stopped.

        {string.Join(", ", Challenge.Models)}: a network of this repository that is meant to beat the study's. It is trained and measured only when named.

        Finished runs of every seed, precision, thread count and layout are rows. Those in runs/ are found automatically, others with --runs.

        --output writes a page in Markdown and, beside it, a folder of the same name with the runs in small files. That folder is read too: the page can be written again on another machine.

        {StudyFindings.Rule}
        """;

    private static readonly IReadOnlyList<string> Named = [.. PublishedResult.Models, .. Challenge.Models];
    private static readonly Argument<string[]> Some = new("model") { Description = $"Models to train or measure: {string.Join(", ", Named)}. Default: all of the study's.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Output = new("--output") { Description = "The page to write, such as docs/study.md. In a page that exists, the part between <!-- study --> and <!-- end of study --> is replaced. It always has all models of the study.", HelpName = "file.md" };
    private static readonly Option<string[]> Folders = new("--runs") { Description = "A run folder, or a folder of run folders, to take finished runs from. May be given several times.", HelpName = "folder" };
    private static readonly Option<bool> NoTraining = new("--no-training") { Description = "Use finished runs only. A model without one is shown as not trained yet." };
    private static readonly Option<long?> Measure = Options.Integer("--measure", 1, 3_600, "Measure each model's training speed for N seconds, from which --output computes the training times. The machine must be idle.");

    public static Command Create(ModelList models, IAnsiConsole console, ChildProgram? program)
    {
        var command = new Command("table", Description)
        {
            Some, Output, Folders, NoTraining, Measure, TrainOptions.Epochs, TrainOptions.Seed, TrainOptions.Threads, TrainOptions.Device, TrainOptions.Precision, TrainOptions.Layout, TrainOptions.Data,
            TrainOptions.TestSplit, TrainOptions.TestSplitSeed, TrainOptions.TrainImages, TrainOptions.TestImages, TrainOptions.CheckpointMinutes, TuneStep.Tune, SelfCheckStep.Skip,
        };
        command.SetAction(result => RankCommand.Run(result, console, (ranks, _) =>
        {
            RankCommand.Refuse(ranks, $"{command.Name} trains one model after the other in one process. Start it without the launcher, or train each model in several: train MODEL.");
            TuneStep.CheckOptions(result);
            var page = CheckOptions(result);
            var chosen = Choose(result.GetValue(Some) ?? [], models);
            return Interruption.Around(console, Interruption.KeepsTraining, interruption => Run(models, chosen, page, result, console, program, interruption));
        }));
        return command;
    }

    /// <summary>The page to write; null for none.</summary>
    private static string? CheckOptions(ParseResult options)
    {
        foreach (var folder in (options.GetValue(Folders) ?? []).Where(folder => !Directory.Exists(folder)))
        {
            throw new InputException($"{Folders.Name} {folder}: there is no such folder. Give the folder of a run, or one that holds such folders.");
        }

        if (options.GetValue(Output) is not { } page)
        {
            return options.GetValue(Measure) is null ? null : throw new InputException($"{Measure.Name} keeps what it measures beside the page. Add {Output.Name}.");
        }

        if (Path.GetExtension(page) != ".md" || Path.GetFileNameWithoutExtension(page).Length == 0)
        {
            throw new InputException($"{Output.Name} {page}: give the name of a Markdown file, such as study.md.");
        }

        OutputPlace.CheckFile(Output.Name, page);
        OutputPlace.CheckFolder(Output.Name, Path.ChangeExtension(page, null));
        if (File.Exists(page) && !MarkedPart.IsIn(File.ReadAllText(page)))
        {
            throw new InputException($"{Output.Name} {page}: the file has no part from <!-- study --> to <!-- end of study -->, which the command could replace. Add these two lines, or choose another file.");
        }

        return page;
    }

    private static List<ModelDescriptor> Choose(string[] words, ModelList models)
    {
        foreach (var word in words.Where(word => !Named.Contains(word)))
        {
            throw new InputException($"table {word}: the table has no such model{Suggestion.For(word, Named)} Give {string.Join(", ", Named)}, or none for all of the study's.");
        }

        return [.. (words.Length == 0 ? PublishedResult.Models : Named.Where(words.Contains)).Select(id => models.Find(id, TextWriter.Null))];
    }

    private static int Run(
        ModelList models, IReadOnlyList<ModelDescriptor> chosen, string? page, ParseResult options, IAnsiConsole console, ChildProgram? program, Interruption interruption)
    {
        NativeTorch.EnsureLoaded();
        if (!options.GetValue(NoTraining))
        {
            RunPlace.CheckNew(directory: null);
        }

        if (page is null)
        {
            OutputPlace.CheckFolder(option: null, RunPlace.Shared("table"));
        }

        var kept = page is null ? null : new StudyFolder(Path.ChangeExtension(page, null));
        var finder = new TableRuns(options, kept, [RunPlace.Shared(string.Empty), .. options.GetValue(Folders) ?? []], OpenData(options, chosen, console, interruption.Token));
        // The page has all models, whatever is trained or measured now.
        var shown = page is null ? chosen : [.. Choose([], models), .. Challenge.Models.Select(models.Known).OfType<ModelDescriptor>()];
        finder.CheckKept(shown);
        if (!options.GetValue(NoTraining))
        {
            foreach (var model in chosen)
            {
                if (!finder.Train(model, console, program, interruption.Token))
                {
                    console.WriteLine("To continue, run the same command again.");
                    return interruption.ExitCode;
                }
            }
        }

        var rows = shown.Where(model => PublishedResult.Find(model.Id) is not null).Select(finder.Row).ToList();
        var challengers = shown.Where(model => Challenge.Find(model.Id) is not null).Select(finder.Challenger).ToList();
        var speeds = kept?.ReadSpeeds() ?? new Dictionary<string, MeasuredSpeed>();
        if (options.GetValue(Measure) is { } seconds)
        {
            speeds = SpeedStep.Measure(program, options, chosen, speeds, TimeSpan.FromSeconds(seconds), console, interruption.Token);
            kept!.Write(speeds);
        }

        if (page is not null)
        {
            rows = [.. rows.Select(row => row with { Runs = [.. row.Runs.Select(kept!.Keep)] })];
            challengers = [.. challengers.Select(row => row with { Runs = [.. row.Runs.Select(kept!.Keep)] })];
        }

        var trained = rows.Where(row => row.IsTrained).ToList();
        var comparison = trained.Count == 0 ? null : RunComparison.Of([.. trained.Select(row => row.First)]);
        TableText.Write(page is null ? trained : rows, challengers, speeds, comparison, console);
        if (page is not null)
        {
            StudyWriter.Write(page, kept!, rows, challengers, speeds, comparison);
            console.WriteLine();
            console.WriteLine(Directory.Exists(kept!.Path) ? $"Wrote {page} and {kept.Path}" : $"Wrote {page}");
        }
        else if (comparison is not null)
        {
            var folder = RunPlace.Shared("table");
            CompareCommand.WriteFiles(comparison, folder);
            console.WriteLine();
            console.WriteLine($"Curves and numbers are in {folder}");
        }

        return CommandLineProgram.Success;
    }

    /// <summary>The images; null when the study's are meant and none are needed, because nothing is trained.</summary>
    private static DataSet? OpenData(ParseResult options, IReadOnlyList<ModelDescriptor> models, IAnsiConsole console, CancellationToken cancellation)
    {
        var place = options.GetValue(TrainOptions.Data);
        if (options.GetValue(NoTraining) && place is null)
        {
            return null;
        }

        var data = DataDisplay.Show(console, progress => DataSets.Open(TrainOptions.Request(options, models[0].Input), DataEnvironment.Current, progress, cancellation));
        foreach (var model in models)
        {
            data.CheckFits(model);
        }

        return TrainOptions.Take(options, data, console.WriteLine);
    }
}
