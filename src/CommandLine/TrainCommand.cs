using System.CommandLine;
using FashionCnn.Data;
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
        """;

    public static Command Create(ModelList models, IAnsiConsole console, ChildProgram? program)
    {
        var argument = Options.Model(models.Ids);
        var command = new Command("train", Description) { argument };
        foreach (var option in TrainOptions.All)
        {
            command.Add(option);
        }

        command.SetAction(result => Run(models.Find(result.GetRequiredValue(argument), result.InvocationConfiguration.Error), result, console, program));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, ChildProgram? program)
    {
        TuneStep.CheckOptions(options);
        NativeTorch.EnsureLoaded();
        return Interruption.Around(console, Interruption.KeepsTraining, interruption =>
        {
            var result = options.GetResult(TrainOptions.Resume) is null
                ? Start(descriptor, options, console, program, interruption.Token)
                : Continue(descriptor, options, console, program, interruption.Token);
            return result.Completed ? CommandLineProgram.Success : interruption.ExitCode;
        });
    }

    private static RunResult Start(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, ChildProgram? program, CancellationToken cancellation)
    {
        var settings = TrainOptions.Apply(options, descriptor, ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? "auto"));
        RunPlace.CheckNew(options.GetValue(TrainOptions.Output));
        var weights = options.GetValue(TrainOptions.Weights) is { } given ? WeightsOption.Find(descriptor, given) : null;
        using var check = SelfCheckStep.Start(program, options, descriptor, TrainOptions.CheckOf(settings), settings.Device);
        var data = DataDisplay.Show(console, progress => DataSets.Open(TrainOptions.Request(options, descriptor.Input), DataEnvironment.Current, progress, cancellation));
        data.CheckFits(descriptor);
        Holdout.CheckTest(data, settings.Training.ValidationSplit);
        data = TrainOptions.Take(options, data, console.WriteLine);
        var (chosen, selfCheck) = check.Finish(TrainOptions.Freedom(options), console.WriteLine, cancellation);
        settings = settings with { Precision = chosen.Precision, Layout = chosen.Layout };
        (settings, selfCheck) = TuneStep.Apply(program, options, descriptor, settings, selfCheck, console, cancellation);
        return RunDisplay.Show(console, say => Runs.Run.Start(
            descriptor,
            data,
            settings,
            () => RunPlace.New(options.GetValue(TrainOptions.Output), descriptor.Id, settings.Seed),
            TrainOptions.RunOptions(options, say, cancellation) with { SelfCheck = _ => selfCheck },
            weights));
    }

    private static RunResult Continue(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, ChildProgram? program, CancellationToken cancellation)
    {
        if (TrainOptions.Fixed.FirstOrDefault(option => options.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new InputException($"{given.Name} cannot be changed when a run is resumed: what is there so far depends on it. Omit it, or start a new run without --resume.");
        }

        var folder = options.GetValue(TrainOptions.Resume) is { } path ? RunFolder.Open(path) : RunPlace.Latest(descriptor.Id);
        return RunDisplay.Show(console, say => Runs.Run.Continue(
            folder,
            descriptor,
            TrainOptions.Changes(options),
            reference => DataDisplay.Show(console, progress => reference.Open(options.GetValue(TrainOptions.Data), descriptor.Input, DataEnvironment.Current, progress, cancellation)),
            TrainOptions.RunOptions(options, say, cancellation) with { SelfCheck = settings => SelfCheckStep.Resumed(program, options, descriptor, settings, console.WriteLine, cancellation) }));
    }
}
