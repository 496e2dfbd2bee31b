namespace FashionCnn.Evaluation;

/// <summary>Mean and sample standard deviation (with n - 1) of several values.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">The standard deviation.</param>
internal readonly record struct Spread(double Mean, double StandardDeviation)
{
    /// <summary>Of two values or more.</summary>
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return new Spread(mean, Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1)));
    }
}
