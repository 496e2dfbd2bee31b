using System.Text.Json.Serialization;

namespace FashionCnn.Models;

/// <summary>The learning rate as a pure function of the place in training, and of what the epochs before came to on the held-out images.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CosineDecaySchedule), "CosineDecay")]
[JsonDerivedType(typeof(ExponentialDecaySchedule), "ExponentialDecay")]
[JsonDerivedType(typeof(PiecewiseConstantDecaySchedule), "PiecewiseConstantDecay")]
[JsonDerivedType(typeof(OneCycleSchedule), "OneCycle")]
[JsonDerivedType(typeof(ReduceLROnPlateauSchedule), "ReduceLROnPlateau")]
public abstract record LearningRateSchedule
{
    /// <summary>The rate of a step.</summary>
    /// <param name="learningRate">The optimizer's rate.</param>
    /// <param name="epoch">Epochs done when the step begins, with its fraction: 0 at the first step.</param>
    /// <param name="epochs">Epochs of the whole training.</param>
    public abstract double At(double learningRate, double epoch, int epochs);

    /// <summary>From 1 to 0 along half a cosine as <paramref name="progress"/> goes from 0 to 1.</summary>
    private protected static double HalfCosine(double progress) => 0.5 * (1 + Math.Cos(Math.PI * progress));
}

/// <summary>A linear warm-up from 0, then half a cosine down to <paramref name="Alpha"/> times the rate (Loshchilov and Hutter 2017).</summary>
/// <param name="WarmupEpochs">Length of the warm-up.</param>
/// <param name="Alpha">What is left at the end of the last epoch.</param>
public sealed record CosineDecaySchedule(
    double WarmupEpochs = 0, double Alpha = 0) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override double At(double learningRate, double epoch, int epochs) => epoch < WarmupEpochs
        ? learningRate * epoch / WarmupEpochs
        : learningRate * (Alpha + ((1 - Alpha) * HalfCosine((epoch - WarmupEpochs) / (epochs - WarmupEpochs))));
}

/// <summary>The rate times <paramref name="DecayRate"/> for every <paramref name="DecayEpochs"/>.</summary>
/// <param name="DecayEpochs">The interval.</param>
/// <param name="DecayRate">The factor.</param>
/// <param name="Staircase">At the end of each interval, not little by little.</param>
public sealed record ExponentialDecaySchedule(
    double DecayEpochs,
    double DecayRate,
    bool Staircase = false) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override double At(double learningRate, double epoch, int epochs)
    {
        var intervals = epoch / DecayEpochs;
        return learningRate * Math.Pow(DecayRate, Staircase ? Math.Floor(intervals) : intervals);
    }
}

/// <summary>A constant rate between boundaries; the optimizer's is not used.</summary>
/// <param name="Boundaries">Epochs at which the next value begins, ascending.</param>
/// <param name="Values">One rate more than there are boundaries.</param>
public sealed record PiecewiseConstantDecaySchedule(IReadOnlyList<double> Boundaries, IReadOnlyList<double> Values) : LearningRateSchedule
{
    /// <summary>Both have the same numbers.</summary>
    public bool Equals(PiecewiseConstantDecaySchedule? other) =>
        other is not null && Boundaries.SequenceEqual(other.Boundaries) && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => Boundaries.Concat(Values).Aggregate(Boundaries.Count, HashCode.Combine);

    /// <inheritdoc/>
    public override double At(double learningRate, double epoch, int epochs) => Values[Boundaries.Count(boundary => boundary <= epoch)];
}

/// <summary>Linearly up from 0, then half a cosine down (Smith and Topin 2018); the optimizer's rate is not used.</summary>
/// <param name="MaxLearningRate">The highest rate.</param>
/// <param name="WarmupFraction">The fraction of training in which it rises.</param>
/// <param name="FinalDivisor">By how much the last rate is below the highest.</param>
public sealed record OneCycleSchedule(
    double MaxLearningRate,
    double WarmupFraction = 0.3,
    double FinalDivisor = 10_000) : LearningRateSchedule
{
    /// <inheritdoc/>
    public override double At(double learningRate, double epoch, int epochs)
    {
        var progress = epoch / epochs;
        if (progress < WarmupFraction)
        {
            return MaxLearningRate * progress / WarmupFraction;
        }

        var last = MaxLearningRate / FinalDivisor;
        return last + ((MaxLearningRate - last) * HalfCosine((progress - WarmupFraction) / (1 - WarmupFraction)));
    }
}
