namespace FashionCnn.Models;

/// <summary>What the <c>training</c> section of a spec says, with its defaults filled in.</summary>
public sealed record TrainingSettings
{
    /// <summary>The optimizer and its learning rate.</summary>
    public OptimizerSettings Optimizer { get; init; } = new AdamSettings();

    /// <summary>How the learning rate changes; null when it stays the optimizer's.</summary>
    public LearningRateSchedule? LearningRateSchedule { get; init; }

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 25;

    /// <summary>The share of each label that is spread over all classes, 0 to below 1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>The fraction of the training images that is held out, 0 to below 1.</summary>
    public double ValidationSplit { get; init; }

    /// <summary>When to stop before the last epoch; null for never.</summary>
    public EarlyStoppingSettings? EarlyStopping { get; init; }
}

/// <summary>Stops training when the held-out images no longer get better.</summary>
/// <param name="Monitor"><c>val_loss</c> or <c>val_accuracy</c>.</param>
/// <param name="Patience">Epochs without improvement before training stops.</param>
/// <param name="MinDelta">The least change that counts as an improvement.</param>
/// <param name="RestoreBestWeights">Ends with the weights of the best epoch.</param>
public sealed record EarlyStoppingSettings(string Monitor, int Patience, double MinDelta = 0, bool RestoreBestWeights = true);
