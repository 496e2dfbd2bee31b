using System.CommandLine;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Training;
using FashionCnn.Tuning;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Chooses layout, threads and evaluation batch of a new run by measurement, once for a model and a machine.</summary>
internal static class TuneStep
{
    public static readonly Option<bool> Tune = new("--tune")
    {
        Description = "Measure which memory layout, number of threads and evaluation batch are fastest for the model on this machine, and use them. Measured once and kept in your cache; --layout and --threads are kept if given.",
    };

    /// <summary>Refuses what contradicts tuning, before any work.</summary>
    /// <exception cref="InputException">Another option does.</exception>
    public static void CheckOptions(ParseResult options, Ranks? ranks = null)
    {
        if (options.GetValue(Tune) && ranks is not null)
        {
            throw new InputException($"{Tune.Name} measures one process, and there are {ranks.Size} ranks. Omit it; {TrainOptions.Layout.Name} and {TrainOptions.Threads.Name} set what one process has found.");
        }

        if (options.GetValue(Tune) && options.GetValue(SelfCheckStep.Skip))
        {
            throw new InputException($"{Tune.Name} measures only settings that pass the self-check. Omit {Tune.Name} or {SelfCheckStep.Skip.Name}.");
        }

        if (options.GetValue(Tune) && options.CommandResult.Command.Options.Contains(TrainOptions.Resume) && options.GetResult(TrainOptions.Resume) is not null)
        {
            throw new InputException($"{Tune.Name} is for new runs: a resumed run keeps its layout, threads and evaluation batch. Omit {Tune.Name}; {TrainOptions.Layout.Name} and {TrainOptions.Threads.Name} change the first two.");
        }
    }

    /// <summary>The settings of a new run, tuned if that is asked for.</summary>
    /// <param name="program">How to start the process of a self-check.</param>
    /// <param name="options">The command's options.</param>
    /// <param name="model">The model.</param>
    /// <param name="settings">What is taken without tuning; it has passed its self-check.</param>
    /// <param name="selfCheck">What the self-check came to.</param>
    /// <param name="console">Takes what was measured, and what was chosen.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The settings, and what their self-check came to.</returns>
    public static (RunSettings Settings, string SelfCheck) Apply(
        ChildProgram? program, ParseResult options, ModelDescriptor model, RunSettings settings, string selfCheck, IAnsiConsole console, CancellationToken cancellation)
    {
        if (!options.GetValue(Tune))
        {
            return (settings, selfCheck);
        }

        var freedom = TrainOptions.Freedom(options);
        var candidates = TuningCandidates.For(
            model, settings, freedom.Layout, threads: options.GetValue(TrainOptions.Threads) is null, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        if (TuningStore.User.Read(model, settings, candidates) is { } known)
        {
            console.WriteLine($"Tuned before on this machine: {Words(known)} (from the cache).");
            settings = known.Apply(settings);
        }
        else if (Measure(program, model, settings, candidates, console, cancellation) is { } chosen)
        {
            TuningStore.User.Write(model, settings, candidates, chosen);
            console.WriteLine($"Chosen: {Words(chosen)}. It is kept in your cache for this model, precision and batch size.");
            settings = chosen.Apply(settings);
        }
        else
        {
            console.WriteLine("Note: nothing was tuned, because no setting could be checked.");
            return (settings, selfCheck);
        }

        // A choice from the cache may have been made before a verdict; what was measured just now has passed.
        using var check = SelfCheckStep.Start(program, options, model, TrainOptions.CheckOf(settings), settings.Device);
        var (passed, record) = check.Finish(freedom, console.WriteLine, cancellation);
        return (settings with { Precision = passed.Precision, Layout = passed.Layout }, record);
    }

    private static TuningChoice? Measure(ChildProgram? program, ModelDescriptor model, RunSettings settings, TuningCandidates candidates, IAnsiConsole console, CancellationToken cancellation)
    {
        console.WriteLine($"Tuning {model.Id}: each setting is checked and then timed on images of noise, once.");
        var table = TextTable.OfNumbers("Setting", "Images/s");
        (string Layout, int Threads)[] all = [.. candidates.Threads.SelectMany(threads => candidates.Layouts.Select(layout => (layout, threads)))];
        var training = Sound(all, each => settings with { Layout = each.Layout, Threads = each.Threads }, each => $"training, {Words(each.Layout, each.Threads)}");
        if (training.Count == 0)
        {
            return null;
        }

        var speeds = Tuner.MeasureTraining(model, settings, training, cancellation);
        var (layout, threads) = Choose(training, speeds, each => $"training, {Words(each.Layout, each.Threads)}");
        var chosen = settings with { Layout = layout, Threads = threads };
        var batches = Sound(candidates.EvaluationBatches, batch => chosen with { EvaluationBatch = batch }, Evaluation);
        // The batch of the settings was checked with the training.
        var evaluationBatch = batches.Count == 0 ? settings.EvaluationBatch : Choose(batches, Tuner.MeasureEvaluation(model, chosen, batches, cancellation), Evaluation);
        table.Write(console);
        return new TuningChoice(layout, threads, evaluationBatch);

        static string Evaluation(int batch) => $"evaluation, {NumberText.Plural(batch, "image")} at once";

        List<T> Sound<T>(IReadOnlyList<T> every, Func<T, RunSettings> with, Func<T, string> name)
        {
            var sound = new List<T>();
            foreach (var each in every)
            {
                // Kernels of GPUs are not checked.
                var verdict = settings.Device != "cpu" || program is null ? null : SelfCheckStep.Verdict(program, model, TrainOptions.CheckOf(with(each)), console.WriteLine, cancellation);
                if (settings.Device != "cpu" || verdict is { Passed: true })
                {
                    sound.Add(each);
                }
                else
                {
                    table.Add(name(each), verdict is null ? "not checked" : "wrong");
                }
            }

            return sound;
        }

        T Choose<T>(List<T> sound, IReadOnlyList<double> speeds, Func<T, string> name)
        {
            var measured = sound.Zip(speeds).ToList();
            foreach (var (each, speed) in measured)
            {
                table.Add(name(each), NumberText.Count(Math.Round(speed)));
            }

            return TuningChoice.Fastest(measured);
        }
    }

    private static string Words(TuningChoice choice) => $"{Words(choice.Layout, choice.Threads)}, evaluation batch {choice.EvaluationBatch}";

    private static string Words(string layout, int threads) => $"{layout}, {NumberText.Plural(threads, "thread")}";
}
