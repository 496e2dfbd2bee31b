using System.CommandLine;
using System.Runtime.InteropServices;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Reporting;
using FashionCnn.Training;
using Spectre.Console;

namespace FashionCnn.Runner;

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

        command.SetAction(result => Run(CommandLine.FindModel(models, result.GetRequiredValue(argument)), result, console));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = StopOn(PosixSignal.SIGINT, stop, console);
        using var terminate = StopOn(PosixSignal.SIGTERM, stop, console);
        NativeTorch.EnsureLoaded();
        try
        {
            return options.GetResult(TrainOptions.Resume) is null ? Start(descriptor, options, console, stop.Token) : Resume(descriptor, options, console, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // While the images were downloaded: there is nothing to keep.
            return CommandLine.Interrupted;
        }
    }

    private static int Start(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, CancellationToken cancellation)
    {
        var settings = TrainOptions.Apply(options, descriptor.Training, ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? "auto"));
        var data = DownloadDisplay.Show(console, progress => DataSets.Open(options.GetValue(TrainOptions.Data), DataEnvironment.Current, progress, cancellation));
        data.CheckFits(descriptor);
        data = data with
        {
            Train = data.Train.Take((int?)options.GetValue(TrainOptions.TrainImages) ?? int.MaxValue),
            Test = data.Test.Take((int?)options.GetValue(TrainOptions.TestImages) ?? int.MaxValue),
        };
        var folder = RunFolder.Create(options.GetValue(TrainOptions.Output), descriptor.Id, DateTimeOffset.Now, settings.Seed);
        using var owner = folder.Lock();
        var store = new CheckpointStore(folder.Path, Interval(options));
        return Train(new TrainingRun(descriptor, data, settings, folder, store, From: null), options.GetValue(TrainOptions.TensorBoard), console, cancellation);
    }

    private static int Resume(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, CancellationToken cancellation)
    {
        if (TrainOptions.Fixed.FirstOrDefault(option => options.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new InputException($"{given.Name} cannot be changed when a run is resumed: what was trained so far depends on it. Leave it out, or start a new run without --resume.");
        }

        var folder = options.GetValue(TrainOptions.Resume) is { } path ? RunFolder.Open(path) : RunFolder.Latest(descriptor.Id);
        using var owner = folder.Lock();
        var store = new CheckpointStore(folder.Path, Interval(options));
        var checkpoint = store.Read(warning => console.WriteLine($"Warning: {warning}"));
        checkpoint.CheckFits(descriptor);
        var (settings, changes) = TrainOptions.Apply(options, checkpoint.Settings, ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? checkpoint.Settings.Device));
        if (checkpoint.State.Epoch > settings.Training.Epochs)
        {
            throw new InputException($"{folder.Path}: the run is finished, all {settings.Training.Epochs} epochs. Give more --epochs to lengthen it, or start a new run.");
        }

        var data = DownloadDisplay.Show(console, progress => checkpoint.Data.Open(options.GetValue(TrainOptions.Data), DataEnvironment.Current, progress, cancellation));
        data.CheckFits(descriptor);
        console.WriteLine($"Going on with {folder.Path} from {checkpoint.State.Place}.");
        foreach (var change in changes)
        {
            console.WriteLine($"Changed: {change}. The result will not be the one of a run that was never stopped.");
        }

        return Train(new TrainingRun(descriptor, data, settings, folder, store, checkpoint), options.GetValue(TrainOptions.TensorBoard), console, cancellation);
    }

    private static int Train(TrainingRun run, bool tensorBoard, IAnsiConsole console, CancellationToken cancellation)
    {
        var (descriptor, data, settings, folder, store, from) = run;
        folder.WriteConfig(RunConfiguration.Of(descriptor, data, settings));
        RunReport.WriteStart(descriptor, data, settings, folder.Path, console);

        Trainer.Prepare(settings);
        using var model = descriptor.Create();
        var events = tensorBoard ? new TensorBoardLog(folder) : null;
        var history = new List<EpochRecord>(from?.State.History ?? []);
        var outcome = TrainingDisplay.Show(console, display => Trainer.Train(
            model,
            data,
            settings,
            display.OnStep,
            epoch =>
            {
                // What is finished is on the disk before the next epoch begins.
                history.Add(epoch);
                folder.WriteHistory(history);
                events?.Write(epoch);
                display.OnEpoch(epoch);
            },
            store,
            from,
            cancellation));

        folder.WriteWeights(model);
        if (!outcome.Cancelled)
        {
            using var test = new Batches(data.Test, TorchSharp.torch.device(settings.Device));
            folder.WritePredictions(Evaluator.Predict(model, test, CancellationToken.None)!);
        }

        folder.WriteBestAndLast(model, outcome);
        folder.WriteHistory(outcome.History);
        folder.WriteCurves(Title(descriptor, data), outcome.History);
        var result = RunResult.Of(descriptor, data, settings, outcome);
        folder.WriteResult(result);
        if (result.Completed)
        {
            store.Finish();
        }

        RunReport.WriteEnd(run, outcome, result, console);
        return outcome.Cancelled ? CommandLine.Interrupted : CommandLine.Success;
    }

    private static TimeSpan Interval(ParseResult options) => TimeSpan.FromMinutes(Math.Min(options.GetValue(TrainOptions.CheckpointMinutes) ?? 5, 1e6));

    private static string Title(ModelDescriptor model, DataSet data) =>
        $"{model.Id} on {data.Name}" + (data.Train.Count == PublishedResult.TrainImages || data.IsSample ? string.Empty : $", {ListCommand.Count(data.Train.Count)} images");

    // The first signal stops after the current step; a second one ends the process at once.
    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stop, IAnsiConsole console) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            context.Cancel = true;
            console.WriteLine("Stopping after the current step; what was trained is kept.");
            stop.Cancel();
        });
}
