using System.Globalization;
using FashionCnn.Evaluation;

namespace FashionCnn.CommandLine.Numbers;

/// <summary>Means and intervals, in the numbers of <see cref="NumberText"/>.</summary>
internal static class StatisticText
{
    /// <summary>Mean and standard deviation of losses or shares.</summary>
    public static string Of(Spread spread) => $"{NumberText.Number(spread.Mean)} ± {NumberText.Number(spread.StandardDeviation)}";

    /// <summary>A mean, with the standard deviation where there are several numbers.</summary>
    public static string MeanOf(double mean, Spread? spread) => spread is { } several ? Of(several) : NumberText.Number(mean);

    /// <summary>Mean and standard deviation of times.</summary>
    public static string Seconds(Spread spread) => string.Create(CultureInfo.InvariantCulture, $"{spread.Mean:0.0} ± {spread.StandardDeviation:0.0} s");

    /// <summary>The interval of a share.</summary>
    public static string Interval(Interval? interval) => interval is { } ends ? $"{NumberText.Number(ends.Low)} to {NumberText.Number(ends.High)}" : NumberText.Missing;
}
