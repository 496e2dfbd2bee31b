using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Models;

/// <summary>What the <c>training</c> section of a spec says, with its defaults filled in.</summary>
public sealed record TrainingSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = SettingsJson.Default,
    };

    /// <summary>The defaults.</summary>
    public TrainingSettings()
        : this(optimizer: null!)
    {
    }

    [JsonConstructor]
    internal TrainingSettings(OptimizerSettings optimizer = null!, int batchSize = 32, int epochs = 25)
    {
        Optimizer = optimizer ?? new AdamSettings();
        BatchSize = batchSize;
        Epochs = epochs;
    }

    /// <summary>The optimizer and its learning rate.</summary>
    public OptimizerSettings Optimizer { get; init; }

    /// <summary>How the learning rate changes; null when it stays the optimizer's.</summary>
    public LearningRateSchedule? LearningRateSchedule { get; init; }

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; }

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; }

    /// <summary>The share of each label that is spread over all classes, 0 to below 1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>The fraction of the training images that is held out, 0 to below 1.</summary>
    public double ValidationSplit { get; init; }

    /// <summary>How much the images of each class count; null for all alike.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>Alpha of mixup; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Mixup { get; init; }

    /// <summary>Alpha of cutmix; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Cutmix { get; init; }

    /// <summary>When to stop before the last epoch; null for never.</summary>
    public EarlyStoppingSettings? EarlyStopping { get; init; }

    /// <summary>The same settings with a different learning rate of the optimizer; null keeps it.</summary>
    /// <exception cref="InputException">The schedule does not use the optimizer's rate.</exception>
    internal TrainingSettings WithLearningRate(double? rate) =>
        rate is null ? this
        : LearningRateSchedule is PiecewiseConstantDecaySchedule or OneCycleSchedule ? throw new InputException(string.Create(
            CultureInfo.InvariantCulture, $"learning_rate {rate}: the schedule gives the learning rates itself. Leave it out, or train without a schedule."))
        { Setting = "learning_rate" }
        : this with { Optimizer = Optimizer with { LearningRate = rate.Value } };

    /// <summary>The learning rate of a step, see <see cref="Models.LearningRateSchedule.At"/>.</summary>
    internal double Rate(double learningRate, double epoch, int epochs) => LearningRateSchedule?.At(learningRate, epoch, epochs) ?? learningRate;

    /// <summary>
    /// Checks the settings, wherever they come from, by the one declaration that specs are checked by too: the ranges, and the rules between
    /// them.
    /// </summary>
    /// <exception cref="InputException">A setting cannot be used; the message is the one that a spec would get.</exception>
    public void Check()
    {
        var json = JsonSerializer.SerializeToNode(this, (JsonTypeInfo<TrainingSettings>)Json.GetTypeInfo(typeof(TrainingSettings)))!.AsObject();
        if (LearningRateSchedule is PiecewiseConstantDecaySchedule or OneCycleSchedule)
        {
            // The schedule sets the rates; the record still has one of its own.
            _ = json["optimizer"]!.AsObject().Remove("learning_rate");
        }

        Check(json);
    }

    /// <summary>Checks an object as a spec's <c>training</c> is.</summary>
    /// <exception cref="InputException">A setting cannot be used.</exception>
    internal static void Check(JsonObject training)
    {
        if (TrainingCheck.Faults(training.ToJsonString(Json)) is [var fault, ..])
        {
            throw new InputException(fault.Message) { Setting = fault.Setting.Split('.')[0] };
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
    int Patience,
    string Monitor = "val_loss",
    double MinDelta = 0,
    bool RestoreBestWeights = true);
