using FashionCnn.Models;

namespace FashionCnn.Training;

/// <summary>Words for training that has diverged: what was seen, where it arose, and what to try.</summary>
internal static class Divergence
{
    /// <param name="what">What was seen, and when.</param>
    /// <param name="fault">Where it arose.</param>
    /// <param name="model">The network.</param>
    /// <param name="training">How it is trained.</param>
    /// <param name="isFirst">Before the first update: the weights are the initial ones, which no learning rate has touched.</param>
    /// <param name="checkpoint">The place of the last checkpoint; null when there is none.</param>
    public static TrainingFailedException Describe(string what, TrainingFault fault, ModelDescriptor model, TrainingSettings training, bool isFirst, string? checkpoint)
    {
        var (rate, setting) = training.LearningRateSchedule switch
        {
            OneCycleSchedule cycle => ($"a smaller max_learning_rate (now {cycle.MaxLearningRate})", "learning_rate_schedule"),
            PiecewiseConstantDecaySchedule => ("smaller values in learning_rate_schedule", "learning_rate_schedule"),
            _ => ($"a smaller learning_rate (now {training.Optimizer.LearningRate})", "learning_rate"),
        };
        var normalizes = model.Layers.Any(layer => layer.Family == LayerFamily.Normalization && fault.Layer.StartsWith($"{layer.Name} ", StringComparison.Ordinal));
        var (where, advice) = fault.Kind switch
        {
            FaultKind.Gradients => ($"The gradient of the weights of {fault.Layer} was the first value that was not finite", $"Try {rate}, or normalization after {fault.Layer}."),
            FaultKind.Weights => ($"The weights of {fault.Layer} are no longer finite: the update before was too large", $"Try {rate}."),
            FaultKind.Activations when isFirst => ($"{fault.Layer} gave the first values that are not finite, with initial weights", "The layer may be computed wrongly on this machine."),
            FaultKind.Activations => ($"The activations of {fault.Layer} were the first values that were not finite; the weights of that layer still are", normalizes ? $"Try {rate}." : $"Try {rate}, or normalization before {fault.Layer}."),
            FaultKind.Nothing => ("Computed once more, everything is finite", "Torch computes differently from time to time on this machine."),
            _ when isFirst => ($"All layers up to {fault.Layer} gave finite values, with initial weights", "The loss may be computed wrongly on this machine."),
            _ => ($"All layers gave finite values, those of {fault.Layer} too large for the loss", $"Try {rate}."),
        };
        return new TrainingFailedException(
            $"{what}: training has diverged. {where}. {advice}" + (checkpoint is null ? string.Empty : $" The last good checkpoint is of {checkpoint}."), fault)
        {
            Setting = advice.Contains(rate, StringComparison.Ordinal) ? setting : null,
            SuspectsMachine = fault.Kind == FaultKind.Nothing || (isFirst && fault.Kind is FaultKind.Activations or FaultKind.Loss),
        };
    }
}
