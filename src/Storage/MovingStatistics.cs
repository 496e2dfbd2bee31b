namespace FashionCnn.Storage;

/// <summary>
/// Moving statistics of batch normalization that are still far from the images': a model with them does worse in evaluation than it did in
/// training.
/// </summary>
/// <param name="Steps">The training steps that they have seen.</param>
/// <param name="Momentum">The share of them that stays at each step, of the layer that is slowest.</param>
internal sealed record MovingStatistics(long Steps, double Momentum)
{
    // Less than 2 % of the start is left then (e^-4).
    private const double TimeConstants = 4;

    // With a small momentum it is soon next to nothing.
    private const double SmallestShare = 0.01;

    /// <summary>The share of the starting values, mean 0 and variance 1, that they still hold.</summary>
    public double StartingShare => Math.Pow(Momentum, Steps);

    /// <summary>The steps after which hardly anything of the starting values is left.</summary>
    public long StepsNeeded => (long)Math.Ceiling(Math.Round(TimeConstants / (1 - Momentum), 6));

    /// <summary>Those of a model that has seen too few steps; null when it has seen enough, has no batch normalization that is trained, or the steps are not known.</summary>
    /// <param name="momenta">Of each batch normalization that is trained, the share of the statistics that stays at each step.</param>
    /// <param name="steps">The steps.</param>
    public static MovingStatistics? Unsettled(IReadOnlyCollection<double> momenta, long? steps)
    {
        if (steps is not { } count || momenta.Count == 0)
        {
            return null;
        }

        var statistics = new MovingStatistics(count, momenta.Max());
        return statistics.Steps < statistics.StepsNeeded && statistics.StartingShare >= SmallestShare ? statistics : null;
    }
}
