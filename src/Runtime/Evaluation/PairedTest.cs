using System.Numerics;

namespace FashionCnn.Evaluation;

/// <summary>
/// Whether two models that classified the same images differ by more than chance: McNemar's exact conditional test (1947), two-sided.
/// Images that both have right, or both wrong, say nothing; if the models were equally good, each of the others would be a fair coin.
/// </summary>
/// <param name="OnlyFirst">Images that only the first model has right.</param>
/// <param name="OnlySecond">Images that only the second model has right.</param>
internal readonly record struct PairedTest(int OnlyFirst, int OnlySecond)
{
    /// <summary>The probability of a difference at least as large if the two were equally good, 0 to 1.</summary>
    public double PValue
    {
        get
        {
            var trials = OnlyFirst + OnlySecond;
            var fewer = Math.Min(OnlyFirst, OnlySecond);
            // The sum of C(trials, k) for k up to fewer, of 2^trials outcomes: whole numbers, so nothing is lost to rounding.
            BigInteger outcomes = 0, term = 1;
            for (var k = 0; k <= fewer; k++)
            {
                outcomes += term;
                term = term * (trials - k) / (k + 1);
            }

            return Math.Min(1, 2 * Math.Exp(BigInteger.Log(outcomes) - (trials * Math.Log(2))));
        }
    }

    /// <summary>Compares what two models said of the same images.</summary>
    /// <exception cref="ArgumentException">The labels differ, so the images are not the same.</exception>
    public static PairedTest Of(Predictions first, Predictions second)
    {
        if (!first.Labels.AsSpan().SequenceEqual(second.Labels))
        {
            throw new ArgumentException("the predictions are of different images", nameof(second));
        }

        var images = Enumerable.Range(0, first.Count).ToList();
        return new PairedTest(
            images.Count(i => first.IsRight(i) && !second.IsRight(i)),
            images.Count(i => !first.IsRight(i) && second.IsRight(i)));
    }

    /// <summary>
    /// Holm's correction (1979) for asking several questions at once: with it, the probability that any of the differences that are
    /// called real is chance stays below the level that each corrected value is compared with.
    /// </summary>
    /// <param name="values">The p-values, in any order.</param>
    /// <returns>The corrected ones, in the same order.</returns>
    public static IReadOnlyList<double> Holm(IReadOnlyList<double> values)
    {
        var corrected = new double[values.Count];
        var largest = 0.0;
        foreach (var (place, rank) in Enumerable.Range(0, values.Count).OrderBy(i => values[i]).Select((place, rank) => (place, rank)))
        {
            largest = Math.Max(largest, Math.Min(1, (values.Count - rank) * values[place]));
            corrected[place] = largest;
        }

        return corrected;
    }
}
