namespace FashionCnn.Evaluation;

/// <summary>An interval that holds the true value with a probability of 95 %.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
internal readonly record struct Interval(double Low, double High)
{
    // The 97.5 % quantile of the standard normal distribution.
    private const double Quantile = 1.959963984540054;

    /// <summary>For a share, by Wilson's score (1927), which also holds near 0 and 1.</summary>
    /// <param name="successes">How often it happened.</param>
    /// <param name="trials">Of how many.</param>
    public static Interval OfShare(int successes, int trials)
    {
        var share = (double)successes / trials;
        var square = Quantile * Quantile;
        var center = (share + (square / (2 * trials))) / (1 + (square / trials));
        var half = Quantile / (1 + (square / trials)) * Math.Sqrt((share * (1 - share) / trials) + (square / (4.0 * trials * trials)));
        return new Interval(Math.Max(0, center - half), Math.Min(1, center + half));
    }
}
