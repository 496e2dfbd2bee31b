using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>How weights start, by Keras's names and definitions.</summary>
public enum Initializer
{
    /// <summary>Uniform within ±√(6 / (fan in + fan out)).</summary>
    GlorotUniform,

    /// <summary>Normal with variance 2 / (fan in + fan out), truncated at two standard deviations.</summary>
    GlorotNormal,

    /// <summary>Uniform within ±√(6 / fan in).</summary>
    HeUniform,

    /// <summary>Normal with variance 2 / fan in, truncated at two standard deviations.</summary>
    HeNormal,

    /// <summary>Uniform within ±√(3 / fan in).</summary>
    LecunUniform,

    /// <summary>Normal with variance 1 / fan in, truncated at two standard deviations.</summary>
    LecunNormal,

    /// <summary>All 0.</summary>
    Zeros,

    /// <summary>All 1.</summary>
    Ones,
}

/// <summary>Draws starting values from Torch's random-number state.</summary>
internal static class InitializerValues
{
    // The standard deviation of a standard normal distribution truncated at ±2; Keras divides by it, so that the variance
    // after truncation is the one asked for.
    private const double TruncatedDeviation = 0.87962566103423978;

    // The probability that a standard normal value lies within ±2.
    private const double ErfOfRootTwo = 0.95449973610364158;

    /// <summary>Overwrites <paramref name="values"/>: outputs x inputs, then kernel height and width if it has them.</summary>
    public static void Fill(this Initializer initializer, Tensor values) => initializer.Fill(values, FanIn(values), FanOut(values));

    /// <summary>Overwrites <paramref name="values"/>, with fans that do not follow from their shape.</summary>
    public static void Fill(this Initializer initializer, Tensor values, double fanIn, double fanOut)
    {
        using var guard = no_grad();
        switch (initializer)
        {
            case Initializer.GlorotUniform:
                Uniform(values, 6 / (fanIn + fanOut));
                break;
            case Initializer.GlorotNormal:
                TruncatedNormal(values, 2 / (fanIn + fanOut));
                break;
            case Initializer.HeUniform:
                Uniform(values, 6 / fanIn);
                break;
            case Initializer.HeNormal:
                TruncatedNormal(values, 2 / fanIn);
                break;
            case Initializer.LecunUniform:
                Uniform(values, 3 / fanIn);
                break;
            case Initializer.LecunNormal:
                TruncatedNormal(values, 1 / fanIn);
                break;
            case Initializer.Zeros:
                nn.init.zeros_(values);
                break;
            case Initializer.Ones:
                nn.init.ones_(values);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(initializer), initializer, "There is no such initializer.");
        }
    }

    private static void Uniform(Tensor values, double squaredLimit)
    {
        var limit = Math.Sqrt(squaredLimit);
        nn.init.uniform_(values, -limit, limit);
    }

    private static void TruncatedNormal(Tensor values, double variance)
    {
        var deviation = Math.Sqrt(variance) / TruncatedDeviation;
        // By the inverse of the distribution function: Torch's own truncated normal is not centered on 0 in this version.
        values.uniform_(-ErfOfRootTwo, ErfOfRootTwo).erfinv_().mul_(deviation * Math.Sqrt(2)).clamp_(-2 * deviation, 2 * deviation);
    }

    // A vector (a bias) has its length as both fans, as in Keras.
    private static double FanIn(Tensor values) =>
        values.dim() == 1 ? values.shape[0] : values.shape[1..].Aggregate(1.0, (product, size) => product * size);

    private static double FanOut(Tensor values) =>
        values.dim() == 1 ? values.shape[0] : values.shape[0] * values.shape[2..].Aggregate(1.0, (product, size) => product * size);
}
