namespace FashionCnn.Models;

/// <summary>
/// Random numbers of one place, one after another, for what needs as many as it takes: like <see cref="RandomDraws"/>, which counts its
/// draws up from 0, a pure function of the place.
/// </summary>
/// <param name="place">The place in the run.</param>
/// <param name="draw">What is drawn; no number that a layer's draw has.</param>
internal sealed class RandomStream(RandomPlace place, uint draw)
{
    private uint count;

    /// <summary>A number above 0 and below 1.</summary>
    public double Uniform()
    {
        var (high, low, _, _) = Philox.Block(place.Seed, count++, (uint)place.FirstImage, draw, (uint)place.Step);
        return ((((ulong)high << 20) | (low >> 12)) + 0.5) / (1UL << 52);
    }

    /// <summary>The numbers from 0 up to but not including <paramref name="size"/>, in random order.</summary>
    public long[] Permutation(long size)
    {
        var order = new long[size];
        for (var i = 0; i < size; i++)
        {
            var other = (long)(Uniform() * (i + 1));
            (order[i], order[other]) = (order[other], i);
        }

        return order;
    }

    /// <summary>A number from the beta distribution of two equal parameters.</summary>
    public double Beta(double alpha)
    {
        var (first, second) = (LogGamma(alpha), LogGamma(alpha));
        return 1 / (1 + Math.Exp(second - first));
    }

    // The logarithm, since a small shape gives numbers that are too small themselves. Marsaglia and Tsang, A Simple Method for Generating
    // Gamma Variables, 2000.
    private double LogGamma(double shape)
    {
        if (shape < 1)
        {
            return LogGamma(shape + 1) + (Math.Log(Uniform()) / shape);
        }

        var scale = shape - (1 / 3.0);
        while (true)
        {
            var normal = Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(Math.Tau * Uniform());
            var cube = Math.Pow(1 + (normal / Math.Sqrt(9 * scale)), 3);
            if (cube > 0 && Math.Log(Uniform()) < (normal * normal / 2) + (scale * (1 - cube + Math.Log(cube))))
            {
                return Math.Log(scale * cube);
            }
        }
    }
}
