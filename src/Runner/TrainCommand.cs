using System.CommandLine;
using System.Runtime.InteropServices;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Reporting;
using FashionCnn.Training;
using Spectre.Console;
using TorchSharp;

namespace FashionCnn.Runner;

/// <summary>Trains a model and leaves a run's folder.</summary>
internal static class TrainCommand
{
    private const long DefaultSeed = 1;

    private const string Description = """
        Trains a model as its spec says and evaluates it on the test images after every epoch.

        The images are Fashion-MNIST's, found in FASHION_MNIST_DIR, the user's cache or /usr/share/datasets/fashion-mnist, or else
        downloaded; without a network the built-in sample is used. Ctrl-C stops after the current step and keeps what was trained.
        """;

    private static readonly Option<long?> Epochs = Options.Integer("--epochs", 1, 100_000, "Passes over the training images. Default: the spec's.");
    private static readonly Option<long?> BatchSize = Options.Integer("--batch-size", 1, 65_536, "Images per step. Default: the spec's.");
    private static readonly Option<double?> LearningRate = Options.Positive("--learning-rate", "The optimizer's step size. Default: the spec's.");
    private static readonly Option<long?> Seed = Options.Integer("--seed", 0, long.MaxValue, $"Starts weights, shuffling and dropout: one seed, one result, on the same machine and threads. Default: {DefaultSeed}.");
    private static readonly Option<long?> Threads = Options.Integer("--threads", 1, 1_024, "Threads to compute with. Default: one per core.");
    private static readonly Option<string?> Device = Options.Choice("--device", ["auto", "cpu", "cuda"], "What to compute on. Default: auto, a GPU where Torch can use one.");
    private static readonly Option<string?> Data = new("--data") { Description = "A folder with the four IDX files of Fashion-MNIST or a set like it, or sample for the built-in one.", HelpName = "folder" };
    private static readonly Option<long?> TrainImages = Options.Integer("--train-images", 2, 100_000_000, "Train on the first so many images only.");
    private static readonly Option<long?> TestImages = Options.Integer("--test-images", 1, 100_000_000, "Evaluate on the first so many test images only.");
    private static readonly Option<string?> Output = new("--output") { Description = "The run's folder, new or empty. Default: runs/<model>/<start time>-<seed>.", HelpName = "folder" };

    public static Command Create(IReadOnlyList<ModelDescriptor> models, IAnsiConsole console)
    {
        var argument = Options.Model(models.Select(model => model.Id));
        var command = new Command("train", Description)
        {
            argument, Epochs, BatchSize, LearningRate, Seed, Threads, Device, Data, TrainImages, TestImages, Output,
        };
        command.SetAction(result => Run(CommandLine.FindModel(models, result.GetRequiredValue(argument)), result, console));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = StopOn(PosixSignal.SIGINT, stop, console);
        using var terminate = StopOn(PosixSignal.SIGTERM, stop, console);
        NativeTorch.EnsureLoaded();
        var device = ComputeDevice.Resolve(options.GetValue(Device) ?? "auto");
        if (OpenData(descriptor, options, console, stop.Token) is not { } data)
        {
            return CommandLine.Interrupted;
        }

        var settings = Settings(descriptor, options, device);
        var folder = RunFolder.Create(options.GetValue(Output), descriptor.Id, DateTimeOffset.Now, settings.Seed);
        folder.WriteConfig(RunConfiguration.Of(descriptor, data, settings));
        RunReport.WriteStart(descriptor, data, settings, folder.Path, console);

        Trainer.Prepare(settings);
        using var model = descriptor.Create();
        var history = new List<EpochRecord>();
        var outcome = TrainingDisplay.Show(console, display => Trainer.Train(
            model, data, settings, display.OnStep, epoch =>
            {
                // What is finished is on the disk before the next epoch begins.
                history.Add(epoch);
                folder.WriteHistory(history);
                display.OnEpoch(epoch);
            },
            stop.Token));

        folder.WriteWeights(model);
        folder.WriteHistory(outcome.History);
        folder.WriteCurves(Title(descriptor, data), outcome.History);
        var result = RunResult.Of(descriptor, data, settings, outcome);
        folder.WriteResult(result);
        RunReport.WriteEnd(descriptor, data, result, settings, folder.Path, console);
        return outcome.Cancelled ? CommandLine.Interrupted : CommandLine.Success;
    }

    /// <summary>The images, cut to what was asked for; null when the download was stopped.</summary>
    private static DataSet? OpenData(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, CancellationToken cancellation)
    {
        DataSet data;
        try
        {
            data = DownloadDisplay.Show(console, progress => DataSets.Open(options.GetValue(Data), DataEnvironment.Current, progress, cancellation));
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        data.CheckFits(descriptor);
        return data with
        {
            Train = data.Train.Take((int?)options.GetValue(TrainImages) ?? int.MaxValue),
            Test = data.Test.Take((int?)options.GetValue(TestImages) ?? int.MaxValue),
        };
    }

    private static RunSettings Settings(ModelDescriptor descriptor, ParseResult options, string device)
    {
        var training = descriptor.Training;
        return new RunSettings(
            training with
            {
                Epochs = (int?)options.GetValue(Epochs) ?? training.Epochs,
                BatchSize = (int?)options.GetValue(BatchSize) ?? training.BatchSize,
                Optimizer = training.Optimizer with { LearningRate = options.GetValue(LearningRate) ?? training.Optimizer.LearningRate },
            },
            options.GetValue(Seed) ?? DefaultSeed,
            (int?)options.GetValue(Threads) ?? torch.get_num_threads(),
            device);
    }

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
