using System.CommandLine;
using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Training;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Trains a model and leaves a run's folder.</summary>
internal static class TrainCommand
{
    private const string Description = """
        Trains a model as its spec says and evaluates it on the test images after every epoch, or once at the end (--test-at-end).

        --data names a folder of your own images. Without it, Fashion-MNIST is looked for in FASHION_MNIST_DIR, your cache and /usr/share/datasets/fashion-mnist, and downloaded if it is in none of these. Without a network connection, the built-in sample is used.

        Ctrl-C stops after the current step and keeps what was trained. --resume continues from there, or from the last checkpoint if the program was killed, and ends with the same weights as a run that was never stopped.

        mpirun -np 4 PROGRAM train MODEL (or srun) trains in 4 processes, which share every batch. Open MPI or MPICH is needed.
        """;

    public static Command Create(ModelList models, IAnsiConsole console, ChildProgram? program)
    {
        var argument = Options.Model(models.Ids);
        var command = new Command("train", Description) { argument };
        foreach (var option in TrainOptions.All)
        {
            command.Add(option);
        }

        command.SetAction(result => RankCommand.Run(result, console, (ranks, output) =>
            Run(ranks.Together(() => models.Find(result.GetRequiredValue(argument), ranks is { IsFirst: false } ? TextWriter.Null : result.InvocationConfiguration.Error)), result, output, program, ranks)));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, ChildProgram? program, Ranks? ranks)
    {
        _ = ranks.Together(() =>
        {
            TuneStep.CheckOptions(options, ranks);
            NativeTorch.EnsureLoaded();
            return true;
        });
        return Interruption.Around(console, Interruption.KeepsTraining, interruption =>
        {
            try
            {
                var result = options.GetResult(TrainOptions.Resume) is null
                    ? Start(descriptor, options, console, program, ranks, interruption.Token)
                    : Continue(descriptor, options, console, program, ranks, interruption.Token);
                return result.Completed ? CommandLineProgram.Success : interruption.ExitCode;
            }
            catch (OperationCanceledException) when (ranks is not null)
            {
                // Before training, a signal ends this rank alone, for which the others would wait.
                ranks.Abort(interruption.ExitCode);
                throw;
            }
        });
    }

    private static RunResult Start(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, ChildProgram? program, Ranks? ranks, CancellationToken cancellation)
    {
        var isFirst = ranks is null or { IsFirst: true };
        var (settings, weights) = ranks.Together(() =>
        {
            var settings = TrainOptions.Apply(options, descriptor, TrainOptions.ResolveDevice(options, ranks), ranks);
            if (!isFirst)
            {
                return (settings, null);
            }

            RunPlace.CheckNew(options.GetValue(TrainOptions.Output));
            return (settings, options.GetValue(TrainOptions.Weights) is { } given ? TrainedWeights.Find(descriptor, given) : null);
        });
        settings = settings with { Precision = RankCommand.CommonPrecision(ranks, settings.Precision) };
        using var check = ranks is { RankOnHost: > 0 } ? null : SelfCheckStep.Start(program, options, descriptor, TrainOptions.CheckOf(settings), settings.Device);
        var data = RankCommand.OnHostFirst(ranks, () =>
        {
            var data = DataDisplay.Show(console, progress => DataSets.Open(TrainOptions.Request(options, descriptor.Input), DataEnvironment.Current, progress, cancellation));
            data.CheckFits(descriptor);
            Holdout.CheckTest(data, settings.Training.ValidationSplit);
            return TrainOptions.Take(options, data, console.WriteLine);
        });
        var (chosen, selfCheck) = RankCommand.Finish(ranks, check, TrainOptions.Freedom(options), console.WriteLine, (setting, say) => SelfCheckStep.Alone(program, options, descriptor, setting, settings.Device, say, cancellation), cancellation);
        settings = settings with { Precision = chosen.Precision, Layout = chosen.Layout };
        (settings, selfCheck) = TuneStep.Apply(program, options, descriptor, settings, selfCheck, console, cancellation);
        return RunDisplay.Show(console, say => Runs.Run.Start(
            descriptor,
            data,
            settings,
            () => RunPlace.New(options.GetValue(TrainOptions.Output), descriptor.Id, settings.Seed),
            TrainOptions.RunOptions(options, isFirst ? say : null, cancellation, ranks) with { SelfCheck = _ => selfCheck },
            weights));
    }

    private static RunResult Continue(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, ChildProgram? program, Ranks? ranks, CancellationToken cancellation)
    {
        var isFirst = ranks is null or { IsFirst: true };
        var folder = ranks.Together(() =>
        {
            if (TrainOptions.Fixed.FirstOrDefault(option => options.GetResult(option) is { Implicit: false }) is { } given)
            {
                throw new InputException($"{given.Name} cannot be changed when a run is resumed: what is there so far depends on it. Omit it, or start a new run without --resume.");
            }

            return !isFirst ? null : options.GetValue(TrainOptions.Resume) is { } path ? RunFolder.Open(path) : RunPlace.Latest(descriptor.Id);
        });
        return RunDisplay.Show(console, say => Runs.Run.Continue(
            folder,
            descriptor,
            TrainOptions.Changes(options, ranks),
            reference => DataDisplay.Show(console, progress => reference.Open(options.GetValue(TrainOptions.Data), descriptor.Input, DataEnvironment.Current, progress, cancellation)),
            TrainOptions.RunOptions(options, isFirst ? say : null, cancellation, ranks) with
            {
                // Once on each machine.
                SelfCheck = settings => ranks is { RankOnHost: > 0 } ? string.Empty : SelfCheckStep.Resumed(program, options, descriptor, settings, console.WriteLine, cancellation),
            }));
    }
}
