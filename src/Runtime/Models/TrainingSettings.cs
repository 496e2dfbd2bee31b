using System.ComponentModel.DataAnnotations;
using System.Globalization;

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

    /// <summary>The same settings with another learning rate of the optimizer; null leaves it as it is.</summary>
    /// <exception cref="InputException">The schedule does not use the optimizer's rate.</exception>
    public TrainingSettings WithLearningRate(double? rate) =>
        rate is null ? this
        : LearningRateSchedule is PiecewiseConstantDecaySchedule or OneCycleSchedule ? throw new InputException(string.Create(
            CultureInfo.InvariantCulture, $"learning_rate {rate}: the schedule gives the learning rates itself. Leave it out, or train without a schedule.")) { Setting = "learning_rate" }
        : this with { Optimizer = Optimizer with { LearningRate = rate.Value } };

    /// <summary>What the compiler checks in a spec, for settings that come from elsewhere: rules between them.</summary>
    /// <exception cref="InputException">Two settings contradict each other.</exception>
    public void CheckRules()
    {
        if (EarlyStopping is not null && ValidationSplit == 0)
        {
            throw new InputException("Early stopping needs held-out images to watch: set validation_split to 0.1, or leave early_stopping out.") { Setting = "validation_split" };
        }

        if (Optimizer is SgdSettings { Nesterov: true, Momentum: 0 })
        {
            throw new InputException("nesterov needs a momentum above 0, such as 0.9.") { Setting = "optimizer" };
        }

        switch (LearningRateSchedule)
        {
            case CosineDecaySchedule cosine when cosine.WarmupEpochs >= Epochs:
                throw new InputException($"A warm-up of {cosine.WarmupEpochs} epochs must be shorter than training, {Epochs} epochs: train for more epochs, or with another schedule.") { Setting = "epochs" };
            case PiecewiseConstantDecaySchedule { Boundaries: var boundaries, Values: var values }:
                if (values.Count != boundaries.Count + 1 || boundaries.Zip(boundaries.Skip(1)).Any(pair => pair.First >= pair.Second) || values.Concat(boundaries).Any(value => !(value > 0)))
                {
                    throw new InputException("PiecewiseConstantDecay takes ascending boundaries above 0 and one value more than boundaries, each above 0, such as the boundaries 10 and 20 and the values 0.01, 0.001 and 0.0001.") { Setting = "learning_rate_schedule" };
                }

                break;
        }
    }
}

/// <summary>Stops training when the held-out images no longer get better.</summary>
/// <param name="Patience">Epochs in a row without improvement after which training stops; 0 counts as 1, as in Keras.</param>
/// <param name="Monitor"><c>val_loss</c> or <c>val_accuracy</c>.</param>
/// <param name="MinDelta">
/// An epoch improves when it is better than the last one that did by more than this. With a value above 0, the epoch that is kept need not
/// be the best one, as in Keras.
/// </param>
/// <param name="RestoreBestWeights">Ends with the weights of the last epoch that improved.</param>
public sealed record EarlyStoppingSettings(
    [property: Range(0, 100_000)] int Patience,
    [property: AllowedValues("val_loss", "val_accuracy")] string Monitor = "val_loss",
    [property: Range(0, double.MaxValue)] double MinDelta = 0,
    bool RestoreBestWeights = true);
