using System.Globalization;
using FashionCnn.Storage;

namespace FashionCnn.Commands;

/// <summary>Says why a model with batch normalization does badly after a short training.</summary>
internal static class UnsettledText
{
    /// <summary>One sentence: what is the matter, and what to do.</summary>
    public static string Of(MovingStatistics statistics) => string.Create(
        CultureInfo.InvariantCulture,
        $"after {NumberText.Plural(statistics.Steps, "step")} the moving statistics of batch normalization still hold {Percent(statistics.StartingShare)} of their starting values, which makes every result but the training accuracy worse: train for {NumberText.Plural(statistics.StepsNeeded, "step")} or more, or set a \"momentum\" below {statistics.Momentum} in the spec's BatchNormalization layers.");

    // 100 % only when it is: after a few steps nearly all is left, but not all.
    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{(share < 1 ? Math.Min(share * 100, 99.9) : 100):0.#} %");
}
