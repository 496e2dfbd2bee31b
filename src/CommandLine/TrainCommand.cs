using System.CommandLine;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Trains a model and leaves a run's folder.</summary>
internal static class TrainCommand
{
    private const string Description = """
        Trains a model as its spec says and evaluates it on the test images after every epoch.

        The images are Fashion-MNIST's, found in FASHION_MNIST_DIR, the user's cache or /usr/share/datasets/fashion-mnist, or else
        downloaded; without a network the built-in sample is used. Ctrl-C stops after the current step and keeps what was trained:
        --resume goes on from there, or from the last checkpoint if the program was killed, and ends with the same weights.
        """;

    public static Command Create(IReadOnlyList<ModelDescriptor> models, IAnsiConsole console)
    {
        var argument = Options.Model(models.Select(model => model.Id));
        var command = new Command("train", Description) { argument };
        foreach (var option in TrainOptions.All)
        {
            command.Add(option);
        }

        command.SetAction(result => Run(CommandLineProgram.FindModel(models, result.GetRequiredValue(argument)), result, console));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console)
    {
        using var interruption = new Interruption(console);
        NativeTorch.EnsureLoaded();
        try
        {
            var result = options.GetResult(TrainOptions.Resume) is null ? Start(descriptor, options, console, interruption.Token) : Continue(descriptor, options, console, interruption.Token);
            return result.Completed ? CommandLineProgram.Success : interruption.ExitCode;
        }
        catch (OperationCanceledException)
        {
            // While the images were downloaded: there is nothing to keep.
            return interruption.ExitCode;
        }
    }

    private static RunResult Start(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, CancellationToken cancellation)
    {
        var settings = TrainOptions.Apply(options, descriptor.Training, ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? "auto"));
        var data = DownloadDisplay.Show(console, progress => DataSets.Open(options.GetValue(TrainOptions.Data), DataEnvironment.Current, progress, cancellation));
        data.CheckFits(descriptor);
        return RunDisplay.Show(console, say => Runs.Run.Start(
            descriptor, TrainOptions.Take(options, data), settings, () => RunPlace.New(options.GetValue(TrainOptions.Output), descriptor.Id, settings.Seed), TrainOptions.RunOptions(options, say, cancellation)));
    }

    private static RunResult Continue(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, CancellationToken cancellation)
    {
        if (TrainOptions.Fixed.FirstOrDefault(option => options.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new InputException($"{given.Name} cannot be changed when a run is resumed: what was trained so far depends on it. Leave it out, or start a new run without --resume.");
        }

        var folder = options.GetValue(TrainOptions.Resume) is { } path ? RunFolder.Open(path) : RunPlace.Latest(descriptor.Id);
        return RunDisplay.Show(console, say => Runs.Run.Continue(
            folder,
            descriptor,
            TrainOptions.Changes(options),
            reference => DownloadDisplay.Show(console, progress => reference.Open(options.GetValue(TrainOptions.Data), DataEnvironment.Current, progress, cancellation)),
            TrainOptions.RunOptions(options, say, cancellation)));
    }
}
