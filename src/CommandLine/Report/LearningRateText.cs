using FashionCnn.Models;
using static System.FormattableString;

namespace FashionCnn.CommandLine.Report;

/// <summary>Says in words which learning rates a training uses.</summary>
internal static class LearningRateText
{
    /// <summary>The rates that are used, and the schedule that sets them.</summary>
    public static string Of(TrainingSettings training)
    {
        var rate = training.Optimizer.LearningRate;
        return training.LearningRateSchedule switch
        {
            null => Invariant($"learning rate {rate}"),
            CosineDecaySchedule cosine => Invariant($"learning rate {rate} falling to {Computed(rate * cosine.Alpha)}")
                + $" (CosineDecay{(cosine.WarmupEpochs == 0 ? string.Empty : Invariant($", after a warm-up of {cosine.WarmupEpochs} {(cosine.WarmupEpochs == 1 ? "epoch" : "epochs")}"))})",
            ExponentialDecaySchedule decay => Invariant($"learning rate {rate}, times {decay.DecayRate} every {decay.DecayEpochs} {(decay.DecayEpochs == 1 ? "epoch" : "epochs")} (ExponentialDecay)"),
            PiecewiseConstantDecaySchedule steps => Invariant($"learning rate {steps.Values[0]}")
                + string.Concat(steps.Boundaries.Zip(steps.Values.Skip(1), (epoch, value) => Invariant($", {value} after {epoch} {(epoch == 1 ? "epoch" : "epochs")}"))) + " (PiecewiseConstantDecay)",
            OneCycleSchedule cycle => Invariant($"learning rate rising to {cycle.MaxLearningRate} and falling to {Computed(cycle.MaxLearningRate / cycle.FinalDivisor)} (OneCycle)"),
            ReduceLROnPlateauSchedule plateau => Invariant($"learning rate {rate}, times {plateau.Factor} after {Math.Max(1, plateau.Patience)} {(plateau.Patience <= 1 ? "epoch" : "epochs")} without a better {plateau.Monitor} (ReduceLROnPlateau)"),
            var other => throw new ArgumentException($"There are no words for {other.GetType().Name}.", nameof(training)),
        };
    }

    // Without the last bits, in which 0.3 / 10,000 is not 3E-05.
    private static string Computed(double rate) => Invariant($"{rate:G7}");
}
