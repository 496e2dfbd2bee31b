using System.CommandLine;
using FashionCnn.CommandLine.Numbers;
using FashionCnn.Compiler.Keys;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Training;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Reproduces the study's table of results.</summary>
internal static class TableCommand
{
    private static readonly string Description = $"""
        Reproduces the study's table. Trains each of its models that has no finished run with these settings yet, compares published with reproduced results, and checks the study's findings. All five models in full take hours. After Ctrl-C or a crash, rerunning the command resumes where it stopped.

        {StudyFindings.Rule}
        """;

    private static readonly Argument<string[]> Some = new("model") { Description = $"Models to include: {string.Join(", ", PublishedResult.Models)}. Default: all.", Arity = ArgumentArity.ZeroOrMore };

    public static Command Create(IReadOnlyList<ModelDescriptor> models, IAnsiConsole console, ChildProgram? program)
    {
        var command = new Command("table", Description)
        {
            Some, TrainOptions.Epochs, TrainOptions.Seed, TrainOptions.Threads, TrainOptions.Device, TrainOptions.Precision, TrainOptions.Layout, TrainOptions.Data, TrainOptions.TestSplit, TrainOptions.TestSplitSeed, TrainOptions.TrainImages, TrainOptions.TestImages,
            TrainOptions.CheckpointMinutes, TuneStep.Tune, SelfCheckStep.Skip,
        };
        command.SetAction(result =>
        {
            TuneStep.CheckOptions(result);
            var chosen = Choose(result.GetValue(Some) ?? [], models);
            return Interruption.Around(console, Interruption.KeepsTraining, interruption => Run(chosen, result, console, program, interruption));
        });
        return command;
    }

    private static List<ModelDescriptor> Choose(string[] words, IReadOnlyList<ModelDescriptor> models)
    {
        foreach (var word in words.Where(word => PublishedResult.Find(word) is null))
        {
            throw new InputException($"table {word}: the study has no such model{Suggestion.For(word, PublishedResult.Models)} Give {string.Join(", ", PublishedResult.Models)}, or none for all.");
        }

        return [.. PublishedResult.Models.Where(id => words.Length == 0 || words.Contains(id)).Select(id => CommandLineProgram.FindModel(models, id))];
    }

    private static int Run(List<ModelDescriptor> models, ParseResult options, IAnsiConsole console, ChildProgram? program, Interruption interruption)
    {
        NativeTorch.EnsureLoaded();
        RunPlace.CheckNew(directory: null);
        OutputPlace.CheckFolder(option: null, RunPlace.Shared("table"));
        var data = DataDisplay.Show(console, progress => DataSets.Open(TrainOptions.Request(options, models[0].Input), DataEnvironment.Current, progress, interruption.Token));
        var runs = new List<RunRecord>();
        var taken = TrainOptions.Take(options, data, console.WriteLine);
        foreach (var model in models)
        {
            data.CheckFits(model);
            if (FinishedRun(model, taken, options, console, program, interruption.Token) is not { } run)
            {
                console.WriteLine("To continue, run the same command again.");
                return interruption.ExitCode;
            }

            runs.Add(run.Read());
        }

        Write(runs, console);
        return CommandLineProgram.Success;
    }

    /// <summary>A run of the model with these settings that was trained to its end, by now; null when it was interrupted.</summary>
    private static RunFolder? FinishedRun(ModelDescriptor model, DataSet data, ParseResult options, IAnsiConsole console, ChildProgram? program, CancellationToken cancellation)
    {
        var settings = TrainOptions.Apply(options, model, ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? "auto"));
        data = Holdout.WithTest(data, settings.Training.ValidationSplit, settings.Seed);
        if (Like(model, data, settings).FirstOrDefault(run => run.IsFinished) is { } finished)
        {
            console.WriteLine($"{model.Id}: {finished.Path}");
            return finished;
        }

        using var check = SelfCheckStep.Start(program, options, model, TrainOptions.CheckOf(settings), settings.Device);
        var (chosen, selfCheck) = check.Finish(TrainOptions.Freedom(options), console.WriteLine, cancellation);
        settings = settings with { Precision = chosen.Precision, Layout = chosen.Layout };
        var like = Like(model, data, settings);
        if (like.FirstOrDefault(run => run.IsFinished) is { } before)
        {
            console.WriteLine($"{model.Id}: {before.Path}");
            return before;
        }

        foreach (var stopped in like.Where(run => CheckpointStore.IsIn(run.Path)))
        {
            try
            {
                return RunDisplay.Show(console, say => Runs.Run.Continue(
                    stopped,
                    model,
                    new RunChanges(),
                    _ => data,
                    TrainOptions.RunOptions(options, say, cancellation) with { SelfCheck = own => SelfCheckStep.Resumed(program, options, model, own, console.WriteLine, cancellation) })).Completed ? stopped : null;
            }
            catch (InputException exception)
            {
                // All its checkpoints are damaged, or another process trains it: neither keeps the table from being made.
                console.WriteLine($"Warning: {stopped.Path} cannot be continued: {exception.Message}");
            }
        }

        (settings, selfCheck) = TuneStep.Apply(program, options, model, settings, selfCheck, console, cancellation);
        RunFolder? folder = null;
        var result = RunDisplay.Show(console, say => Runs.Run.Start(
            model,
            data,
            settings,
            () =>
            {
                var place = RunPlace.New(directory: null, model.Id, settings.Seed);
                folder = place.Folder;
                return place;
            },
            TrainOptions.RunOptions(options, say, cancellation) with { SelfCheck = _ => selfCheck }));
        return result.Completed ? folder : null;
    }

    private static bool IsLike(RunFolder run, RunConfiguration wanted)
    {
        try
        {
            var configuration = run.ReadConfiguration();
            return configuration.WithoutSeed == wanted.WithoutSeed && configuration.Seed == wanted.Seed;
        }
        catch (InputException)
        {
            return false;
        }
    }

    /// <summary>The model's runs with these settings, the one that was started last first.</summary>
    private static List<RunFolder> Like(ModelDescriptor model, DataSet data, RunSettings settings)
    {
        var wanted = RunConfiguration.Of(model, data, settings, RunOrigin.Now);
        return [.. RunList.In(RunPlace.Of(model.Id)).Where(run => IsLike(run, wanted))];
    }

    private static void Write(IReadOnlyList<RunRecord> runs, IAnsiConsole console)
    {
        console.WriteLine();
        var table = TextTable.OfNumbers("Model", "Time, published", "Time, here", "Test loss, published", "Test loss, here", "Test accuracy, published", "Test accuracy, here", "95 % interval");

        var comparison = RunComparison.Of(runs);
        foreach (var run in comparison.Runs)
        {
            var (published, result) = (PublishedResult.Find(run.Run.Result.Model)!, run.Run.Result);
            var interval = run.AccuracyInterval!.Value;
            table.Add(
                result.Model,
                NumberText.StudySeconds(published.TrainSeconds),
                NumberText.StudySeconds(result.TrainSeconds),
                NumberText.Number(published.TestLoss),
                NumberText.Number(result.TestLoss),
                NumberText.Number(published.TestAccuracy),
                NumberText.Number(result.TestAccuracy),
                NumberText.Interval(interval));
        }

        table.Write(console);
        foreach (var difference in runs.SelectMany(run => PublishedResult.Differences(run.Configuration, run.Result)).Distinct())
        {
            console.WriteLine($"Not comparable: {difference}.");
        }

        console.WriteLine("The published times were measured on the study's own machine.");
        console.WriteLine();
        console.WriteLine("The study's findings, on these runs:");
        foreach (var finding in StudyFindings.Check(runs))
        {
            console.WriteLine($"- {finding}");
        }

        console.WriteLine(StudyFindings.Rule);
        CompareCommand.WritePairs(comparison, console);

        var folder = RunPlace.Shared("table");
        CompareCommand.WriteFiles(comparison, folder);
        console.WriteLine();
        console.WriteLine($"Curves and numbers are in {folder}");
    }
}
