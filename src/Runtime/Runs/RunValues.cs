using System.Globalization;
using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>Which values the files of a run can have. JSON's syntax and types are looked at before.</summary>
internal static class RunValues
{
    // Rounding can bring a loss of 0 a little below it.
    private const double SmallestLoss = -1e-3;

    /// <summary>A share, 0 to 1.</summary>
    public static bool IsShare(double value) => value is >= 0 and <= 1;

    /// <summary>A cross-entropy.</summary>
    public static bool IsLoss(double value) => double.IsFinite(value) && value >= SmallestLoss;

    /// <summary>The first value that a configuration cannot have, as a sentence; null when there is none.</summary>
    public static string? FaultOf(RunConfiguration configuration) =>
        AtLeast(1, ("train_images", configuration.TrainImages), ("test_images", configuration.TestImages), ("threads", configuration.Threads), ("evaluation_batch", configuration.EvaluationBatch), ("ranks", configuration.Ranks))
        ?? Device(configuration.Device)
        ?? Precision(configuration.Precision)
        ?? Layout(configuration.Layout)
        ?? (configuration.Reduce is GradientReduction.Fp32 or GradientReduction.Bf16 ? null : $"reduce cannot be \"{configuration.Reduce}\"; it must be {GradientReduction.Fp32} or {GradientReduction.Bf16}.")
        ?? (configuration.ClassNames.Count is < 1 or > DataSet.MaxClasses ? $"class_names has {configuration.ClassNames.Count} names; 1 to {DataSet.MaxClasses:N0} are possible." : null)
        ?? (configuration.Versions.FirstOrDefault(pair => pair.Value is null) is { Key: { } key } ? $"versions.{key} cannot be null." : null)
        ?? (configuration.TestSplit is { } split && split.Fraction is not (> 0 and < 1) ? string.Create(CultureInfo.InvariantCulture, $"test_split.fraction cannot be {split.Fraction}; it must be above 0 and below 1.") : null)
        ?? (configuration.InitialWeights is { } weights
            ? AtLeast(1, ("initial_weights.tensors", weights.Tensors)) ?? AtLeast(weights.Tensors, ("initial_weights.model_tensors", weights.ModelTensors)) ?? AtLeast(0, ("initial_weights.steps", weights.Steps ?? 0))
            : null)
        ?? Training(configuration);

    /// <summary>The first value that a result cannot have; null when there is none.</summary>
    public static string? FaultOf(RunResult result) =>
        AtLeast(1, ("train_images", result.TrainImages), ("test_images", result.TestImages), ("batch_size", result.BatchSize), ("threads", result.Threads))
        ?? AtLeast(0, ("epochs", result.Epochs), ("parameters", result.Parameters), ("multiply_accumulates", result.MultiplyAccumulates ?? 0), ("left_out_images", result.LeftOutImages))
        ?? (result is { Completed: true, Epochs: 0 } ? "a completed run cannot have 0 epochs." : null)
        ?? Device(result.Device)
        ?? Precision(result.Precision)
        ?? Seconds(("train_seconds", result.TrainSeconds), ("test_seconds", result.TestSeconds))
        ?? Losses(("train_loss", result.TrainLoss), ("test_loss", result.TestLoss))
        ?? Shares(("train_accuracy", result.TrainAccuracy), ("test_accuracy", result.TestAccuracy));

    /// <summary>The first value that an epoch cannot have; null when there is none.</summary>
    public static string? FaultOf(EpochRecord epoch) =>
        (Seconds(("train_seconds", epoch.TrainSeconds), ("test_seconds", epoch.TestSeconds))
        ?? Losses(("train_loss", epoch.TrainLoss), ("test_loss", epoch.TestLoss), ("validation_loss", epoch.ValidationLoss))
        ?? Shares(("train_accuracy", epoch.TrainAccuracy), ("test_accuracy", epoch.TestAccuracy), ("validation_accuracy", epoch.ValidationAccuracy))) is { } fault
            ? $"in epoch {epoch.Epoch}, {fault}"
            : null;

    private static string? Training(RunConfiguration configuration)
    {
        try
        {
            configuration.Training.Check();
            return null;
        }
        catch (InputException exception)
        {
            return $"in training, {exception.Message}";
        }
    }

    private static string? Device(string device) => device is "cpu" or "cuda" ? null : $"device cannot be \"{device}\"; it must be cpu or cuda.";

    private static string? Precision(string precision) =>
        precision is ComputePrecision.Fp32 or ComputePrecision.Bf16 ? null : $"precision cannot be \"{precision}\"; it must be {ComputePrecision.Fp32} or {ComputePrecision.Bf16}.";

    private static string? Layout(string? layout) => layout is null or MemoryLayout.ChannelsLast or MemoryLayout.ChannelsFirst
        ? null
        : $"layout cannot be \"{layout}\"; it must be {MemoryLayout.ChannelsLast} or {MemoryLayout.ChannelsFirst}.";

    private static string? AtLeast(long minimum, params (string Name, long Value)[] values) =>
        First(values.Select(pair => (pair.Name, (double?)pair.Value)), value => value >= minimum, $"it must be {minimum} or more");

    private static string? Seconds(params (string Name, double? Value)[] values) => First(values, value => double.IsFinite(value) && value >= 0, "it must be 0 or more");

    private static string? Losses(params (string Name, double? Value)[] values) => First(values, IsLoss, "it must be 0 or more");

    private static string? Shares(params (string Name, double? Value)[] values) => First(values, IsShare, "it must be from 0 to 1");

    private static string? First(IEnumerable<(string Name, double? Value)> values, Func<double, bool> isPossible, string rule) => values
        .Where(pair => pair.Value is { } value && !isPossible(value))
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Name} cannot be {pair.Value}; {rule}."))
        .FirstOrDefault();
}
