using System.Globalization;
using FashionCnn.CommandLine.Report;
using FashionCnn.CommandLine.Study;
using FashionCnn.Data;
using FashionCnn.Native;
using FashionCnn.Runs;
using Spectre.Console;
using static FashionCnn.Commands.NumberText;

namespace FashionCnn.CommandLine;

/// <summary>What a run says before it trains and after.</summary>
internal static class RunReport
{
    /// <summary>What the numbers of a run without test images are worth.</summary>
    public const string AboutHeldOutTest =
        "There are no test images: test loss and test accuracy are those of the held-out images. Where these also chose the epoch, both look a little better than they are.";

    private const int ClassesShown = 20;

    /// <summary>What a run says before it trains.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isContinued">It began before, maybe on another machine.</param>
    /// <param name="console">Takes it.</param>
    public static void WriteStart(RunStarted run, bool isContinued, IAnsiConsole console)
    {
        var (model, data, settings, folder) = run;
        console.WriteLine(model.Description.Length == 0 ? model.Id : $"{model.Id}: {model.Description}");
        console.WriteLine($"{Count(model.TotalParameters)} parameters, {Count(model.MultiplyAccumulates)} multiply-accumulates per image");
        if (model.Layers.Where(layer => layer.IsFrozen).Select(layer => layer.Name).ToList() is { Count: > 0 } frozen)
        {
            console.WriteLine($"Frozen: {TakenWeightsText.List(frozen)}; {Count(model.TrainableParameters)} parameters are trained");
        }

        foreach (var line in run.Weights is null ? [] : TakenWeightsText.Of(run.Weights, model.Id))
        {
            console.WriteLine(line);
        }

        console.WriteLine(
            $"{data.Name}{(data.Verified || data.Kind != DataKind.Idx ? string.Empty : ", unverified")} ({data.Location}): {Count(data.Train.Count)} training and {(data.TestIsHeldOut ? "no" : Count(data.Test.Count))} test images");
        console.WriteLine(ClassCounts(data));
        if (data.TestSplit is { } split)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The test images are {split.Fraction:0.##%} of each class, rounded, chosen with seed {split.Seed}"));
        }

        if (!data.Train.IsHeld)
        {
            console.WriteLine("The pictures are not held in memory: they are decoded again in each epoch");
        }

        DataDisplay.WriteLeftOut(data, console.WriteLine);

        var training = settings.Training;
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{training.Optimizer.Name}, {LearningRateText.Of(training)}, batch size {training.BatchSize}, {Plural(training.Epochs, "epoch")}; seed {settings.Seed}; {settings.Device}, {(settings.Ranks == 1 ? string.Empty : $"{settings.Ranks} ranks, each ")}{Plural(settings.Threads, "thread")}, {settings.Precision}"));
        if (settings.Ranks > 1)
        {
            console.WriteLine($"Each rank computes its share of every batch; gradients are exchanged in {settings.Reduce}{(!model.Layers.Any(layer => layer.Kind == "BatchNormalization") ? string.Empty : settings.SyncBatchNorm ? ", statistics of batch normalization too" : "; statistics of batch normalization are of each rank's share")}");
        }

        if (training.ClassWeights is { } weights)
        {
            console.WriteLine($"Class weights: {(weights.Values.Count == 0 ? "balanced" : string.Join(", ", data.ClassNames.Zip(weights.Values, (name, weight) => string.Create(CultureInfo.InvariantCulture, $"{name} {weight}"))))}");
        }

        if (training.ValidationSplit > 0)
        {
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{training.ValidationSplit:0.##%} of the training images are held out{(data.TestIsHeldOut ? $", and evaluated on in place of test images" : string.Empty)}{(training.EarlyStopping is { } stopping ? $"; training stops after {Plural(Math.Max(1, stopping.Patience), "epoch")} without improvement of {stopping.Monitor}" : string.Empty)}"));
        }

        if (!ComputePrecision.IsNative(settings.Precision, settings.Device))
        {
            var lacks = $"Note: this {(settings.Device == "cpu" ? "processor" : "GPU")} has no {settings.Precision} instructions.";
            console.WriteLine(isContinued
                ? $"{lacks} The run continues in {settings.Precision}, as it began, which is no faster than fp32 here."
                : $"{lacks} {settings.Precision} is no faster than fp32 here; --precision auto uses fp32.");
        }

        if (settings.TestAtEnd)
        {
            console.WriteLine(data.TestIsHeldOut ? "Test loss and test accuracy are computed once, after training, on the held-out images" : "The test images are evaluated once, after training");
        }

        console.WriteLine($"Run folder: {folder.Path}");
        WriteNotice(data, console);
        console.WriteLine();
    }

    public static void WriteEnd(RunEnded run, IAnsiConsole console)
    {
        var (model, data, configuration, folder, outcome, result, unsettled) = run;
        var training = configuration.Training;
        console.WriteLine();
        if (!result.Completed)
        {
            console.WriteLine(
                $"Stopped at {outcome.Place}. The weights are those of that step; {(result.Epochs == 0 ? "no epoch is finished, so there are no numbers yet" : "the numbers below are of the last finished epoch")}. To continue: train {ModelList.WordFor(model)} --resume {folder.Path}");
        }

        if (result.StoppedEarly)
        {
            console.WriteLine($"Stopped early after {result.Epochs} of {training.Epochs} epochs: the held-out images showed no further improvement.");
        }

        if (result.FinalEpoch is { } final && final != result.Epochs)
        {
            console.WriteLine($"The weights are those of epoch {final}, {Report.KeptEpoch.Describe(training)}.");
        }

        var table = TextTable.OfNumbers(string.Empty, "Training time", "Test loss", "Test accuracy");

        AddRow(table, "this run", result.Epochs == 0 ? null : result.TrainSeconds, result.TestLoss, result.TestAccuracy);
        if (PublishedResult.Find(model.Id) is { } published)
        {
            AddRow(table, "published", published.TrainSeconds, published.TestLoss, published.TestAccuracy);
            table.Write(console);
            foreach (var difference in PublishedResult.Differences(configuration, result))
            {
                console.WriteLine($"Not comparable: {difference}.");
            }

            console.WriteLine("The published training time was measured on the study's own machine.");
        }
        else
        {
            table.Write(console);
        }

        if (unsettled is not null)
        {
            console.WriteLine($"Note: {UnsettledText.Of(unsettled)}");
        }

        if (result.LeftOutImages > 0)
        {
            console.WriteLine($"{Plural(result.LeftOutImages, "picture")} could not be read and {(result.LeftOutImages == 1 ? "was" : "were")} left out.");
        }

        console.WriteLine(data.TestIsHeldOut ? AboutHeldOutTest
            : training.ValidationSplit > 0
            ? result.Completed
                ? "Chosen by the held-out images: best.safetensors, and when to stop if training stops early. Nothing was chosen by the test images."
                : "When training ends, the held-out images choose best.safetensors. Nothing is chosen by the test images."
            : configuration.TestAtEnd ? "No images were held out, so nothing was chosen."
            : "No images were held out, so nothing was chosen: the test images only show how training went.");
        WriteNotice(data, console);
        console.WriteLine($"Settings, history, curves, weights and result are in {folder.Path}");
    }

    private static string ClassCounts(DataSet data)
    {
        var counts = data.Train.CountsOf(data.ClassNames.Count);
        var (least, most) = (counts.Min(), counts.Max());
        return least == most ? $"{Count(counts.Length)} classes of {Plural(least, "training image")} each"
            : counts.Length <= ClassesShown ? $"Training images by class: {string.Join(", ", data.ClassNames.Zip(counts, (name, count) => $"{name} {Count(count)}"))}"
            : $"{Count(counts.Length)} classes of {Count(least)} ({data.ClassNames[Array.IndexOf(counts, least)]}) to {Count(most)} ({data.ClassNames[Array.IndexOf(counts, most)]}) training images";
    }

    private static void AddRow(TextTable table, string name, double? seconds, double? loss, double? accuracy) => table.Add(
        name,
        StudySeconds(seconds),
        Number(loss),
        Number(accuracy));

    private static void WriteNotice(DataSet data, IAnsiConsole console)
    {
        if (data.Notice is not null)
        {
            console.WriteLine($"Note: {data.Notice}");
        }
    }
}
