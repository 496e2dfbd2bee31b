using System.ComponentModel.DataAnnotations;

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

    /// <summary>What the compiler checks in a spec, for settings that come from elsewhere: rules between them.</summary>
    /// <exception cref="InputException">Two settings contradict each other.</exception>
    public void CheckRules()
    {
        if (EarlyStopping is not null && ValidationSplit == 0)
        {
            throw new InputException("Early stopping needs held-out images to watch: give --validation-split 0.1, or --early-stopping none.");
        }

        if (Optimizer is SgdSettings { Nesterov: true, Momentum: 0 })
        {
            throw new InputException("nesterov needs a momentum above 0, such as --optimizer SGD,momentum=0.9,nesterov=true.");
        }

        switch (LearningRateSchedule)
        {
            case CosineDecaySchedule cosine when cosine.WarmupEpochs >= Epochs:
                throw new InputException($"A warm-up of {cosine.WarmupEpochs} epochs must be shorter than training, {Epochs} epochs: give more --epochs, or another --schedule.");
            case PiecewiseConstantDecaySchedule { Boundaries: var boundaries, Values: var values }:
                if (values.Count != boundaries.Count + 1 || boundaries.Zip(boundaries.Skip(1)).Any(pair => pair.First >= pair.Second) || values.Concat(boundaries).Any(value => !(value > 0)))
                {
                    throw new InputException("PiecewiseConstantDecay takes ascending boundaries above 0 and one value more than boundaries, each above 0, such as --schedule \"PiecewiseConstantDecay,boundaries=10;20,values=0.01;0.001;0.0001\".");
                }

                break;
        }
    }
}

/// <summary>Stops training when the held-out images no longer get better.</summary>
/// <param name="Patience">Epochs in a row without improvement after which training stops; 0 is as 1, as in Keras.</param>
/// <param name="Monitor"><c>val_loss</c> or <c>val_accuracy</c>.</param>
/// <param name="MinDelta">The least change that counts as an improvement.</param>
/// <param name="RestoreBestWeights">Ends with the weights of the best epoch.</param>
public sealed record EarlyStoppingSettings(
    [property: Range(0, 100_000)] int Patience,
    [property: AllowedValues("val_loss", "val_accuracy")] string Monitor = "val_loss",
    [property: Range(0, double.MaxValue)] double MinDelta = 0,
    bool RestoreBestWeights = true);
