using System.CommandLine;
using FashionCnn.CommandLine.Study;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Storage;
using FashionCnn.Training;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Finds the runs of the study's table, and trains those that are missing.</summary>
/// <param name="options">The command's options.</param>
/// <param name="kept">Runs that were kept beside a page; null without one.</param>
/// <param name="folders">Where runs are.</param>
/// <param name="data">The images; null for the study's.</param>
internal sealed class TableRuns(ParseResult options, StudyFolder? kept, IReadOnlyList<string> folders, DataSet? data)
{
    /// <summary>A model of the study with all its finished runs, one of each seed.</summary>
    public StudyRow Row(ModelDescriptor model) => new(model, PublishedResult.Find(model.Id)!, Finished(model));

    /// <summary>Another network with all its finished runs, one of each seed.</summary>
    public ChallengerRow Challenger(ModelDescriptor model) => new(model, Challenge.Find(model.Id)!, Finished(model));

    /// <summary>Checks that a page is not about to lose runs.</summary>
    /// <exception cref="InputException">A run that was kept beside it has other settings, lacks its predictions, or is damaged.</exception>
    public void CheckKept(IReadOnlyList<ModelDescriptor> models)
    {
        foreach (var model in models)
        {
            var wanted = Wanted(model, Settings(model));
            if (kept?.Read(model.Id).FirstOrDefault(run => !wanted.Has(run.Configuration)) is { } other)
            {
                throw new InputException($"{other.Folder.Path}: this run has other settings than those asked for, so it is no row of the page. Give its settings, choose another page, or delete the folder.");
            }

            if (kept?.Read(model.Id).FirstOrDefault(run => run.Predictions is null) is { } incomplete)
            {
                throw new InputException($"{incomplete.Folder.Path}: this run has no predictions.csv.gz, so it cannot be compared with the others. Restore the file, or delete the folder.");
            }
        }
    }

    /// <summary>Sees to it that there is a finished run of a model with the seed that is asked for; false when that was interrupted.</summary>
    public bool Train(ModelDescriptor model, IAnsiConsole console, ChildProgram? program, CancellationToken cancellation)
    {
        var settings = Settings(model);
        if (Finished(model).FirstOrDefault(run => run.Result.Seed == settings.Seed) is { } finished)
        {
            console.WriteLine($"{model.Id}: {finished.Folder.Path}");
            return true;
        }

        foreach (var stopped in Stopped(model, settings))
        {
            try
            {
                return RunDisplay.Show(console, say => Runs.Run.Continue(
                    stopped,
                    model,
                    new RunChanges(),
                    _ => data!,
                    TrainOptions.RunOptions(options, say, cancellation) with { SelfCheck = own => SelfCheckStep.Resumed(program, options, model, own, console.WriteLine, cancellation) })).Completed;
            }
            catch (InputException exception)
            {
                // All its checkpoints are damaged, or another process trains it: neither keeps the table from being made.
                console.WriteLine($"Warning: {stopped.Path} cannot be continued: {exception.Message}");
            }
        }

        using var check = SelfCheckStep.Start(program, options, model, TrainOptions.CheckOf(settings), settings.Device);
        var (chosen, selfCheck) = check.Finish(TrainOptions.Freedom(options), console.WriteLine, cancellation);
        settings = settings with { Precision = chosen.Precision, Layout = chosen.Layout };
        (settings, selfCheck) = TuneStep.Apply(program, options, model, settings, selfCheck, console, cancellation);
        return RunDisplay.Show(console, say => Runs.Run.Start(
            model,
            data!,
            settings,
            () => RunPlace.New(directory: null, model.Id, settings.Seed),
            TrainOptions.RunOptions(options, say, cancellation) with { SelfCheck = _ => selfCheck })).Completed;
    }

    // Of a network that was chosen by held-out images, the test images are seen once.
    private RunSettings Settings(ModelDescriptor model) =>
        TrainOptions.Apply(options, model, ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? "auto")) with { TestAtEnd = Challenge.Find(model.Id) is not null };

    private StudyRuns Wanted(ModelDescriptor model, RunSettings settings) => data is null
        ? StudyRuns.OnPublished((int?)options.GetValue(TrainOptions.TrainImages), (int?)options.GetValue(TrainOptions.TestImages), model, settings)
        : StudyRuns.On(Holdout.WithTest(data, settings.Training.ValidationSplit, settings.Seed), model, settings);

    private IReadOnlyList<RunRecord> Finished(ModelDescriptor model) => Wanted(model, Settings(model)).Finished(kept?.Read(model.Id) ?? [], folders);

    // A run in the precision of this machine before one that began on another.
    private IEnumerable<RunFolder> Stopped(ModelDescriptor model, RunSettings settings) => Wanted(model, settings).In(RunsFolder.Of(model.Id))
        .Where(run => run.Configuration.Seed == settings.Seed && RunFiles.HasCheckpoint(run.Run.Path))
        .Where(run => run.Configuration.Precision == settings.Precision || TrainOptions.Freedom(options).Precision)
        .OrderByDescending(run => run.Configuration.Precision == settings.Precision)
        .Select(run => run.Run);
}
