using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>How weights start, by Keras's names, definitions and defaults. Values are drawn from Torch's random-number state.</summary>
public abstract class Initializer
{
    // The probability that a standard normal value lies within ±2.
    private const double ErfOfRootTwo = 0.95449973610364158;

    private protected Initializer()
    {
    }

    /// <summary>Uniform within ±√(6 / (fan in + fan out)).</summary>
    public static Initializer GlorotUniform { get; } = VarianceScaling(1, InitializerMode.FanAvg, InitializerDistribution.Uniform);

    /// <summary>Normal with variance 2 / (fan in + fan out), truncated at two standard deviations.</summary>
    public static Initializer GlorotNormal { get; } = VarianceScaling(1, InitializerMode.FanAvg);

    /// <summary>Uniform within ±√(6 / fan in).</summary>
    public static Initializer HeUniform { get; } = VarianceScaling(2, distribution: InitializerDistribution.Uniform);

    /// <summary>Normal with variance 2 / fan in, truncated at two standard deviations.</summary>
    public static Initializer HeNormal { get; } = VarianceScaling(2);

    /// <summary>Uniform within ±√(3 / fan in).</summary>
    public static Initializer LecunUniform { get; } = VarianceScaling(1, distribution: InitializerDistribution.Uniform);

    /// <summary>Normal with variance 1 / fan in, truncated at two standard deviations.</summary>
    public static Initializer LecunNormal { get; } = VarianceScaling(1);

    /// <summary>All 0.</summary>
    public static Initializer Zeros { get; } = new Constant(0);

    /// <summary>All 1.</summary>
    public static Initializer Ones { get; } = new Constant(1);

    /// <summary>Normal.</summary>
    public static Initializer RandomNormal(double mean = 0, double stddev = 0.05) => new Normal(mean, stddev);

    /// <summary>Normal, cut off at two standard deviations from the mean; what is left has 0.88 of the standard deviation.</summary>
    public static Initializer TruncatedNormal(double mean = 0, double stddev = 0.05) => new CutNormal(mean, stddev);

    /// <summary>Uniform between two bounds.</summary>
    public static Initializer RandomUniform(double minval = -0.05, double maxval = 0.05) => new Uniform(minval, maxval);

    /// <summary>Of variance <paramref name="scale"/> / n.</summary>
    /// <param name="scale">The factor of the variance.</param>
    /// <param name="mode">What n is.</param>
    /// <param name="distribution">The distribution; a truncated one is widened, so that the variance is what is left.</param>
    public static Initializer VarianceScaling(
        double scale = 1, InitializerMode mode = InitializerMode.FanIn, InitializerDistribution distribution = InitializerDistribution.TruncatedNormal) => new Scaled(scale, mode, distribution);

    /// <summary>A random orthogonal matrix times <paramref name="gain"/>, of as many columns as the kernel has outputs, of each input channel in a depthwise convolution.</summary>
    public static Initializer Orthogonal(double gain = 1) => new OrthogonalMatrix(gain);

    /// <summary>Overwrites <paramref name="values"/>: outputs x inputs, then kernel height and width if it has them.</summary>
    internal void Fill(Tensor values) => Fill(values, FanIn(values), FanOut(values));

    /// <summary>Overwrites <paramref name="values"/>, with fans that do not follow from their shape.</summary>
    /// <param name="values">The values.</param>
    /// <param name="fanIn">The inputs of each output.</param>
    /// <param name="fanOut">The outputs of each input.</param>
    /// <param name="groups">How many parts of the first dimension share the columns of a matrix: the channels of a depthwise convolution.</param>
    internal void Fill(Tensor values, double fanIn, double fanOut, long groups = 1)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        Draw(values, fanIn, fanOut, groups);
    }

    private protected abstract void Draw(Tensor values, double fanIn, double fanOut, long groups);

    // By the inverse of the distribution function: Torch's own truncated normal is not centered on 0 in this version.
    private static void DrawTruncated(Tensor values, double deviation) =>
        values.uniform_(-ErfOfRootTwo, ErfOfRootTwo).erfinv_().mul_(deviation * Math.Sqrt(2)).clamp_(-2 * deviation, 2 * deviation);

    // A vector (a bias) has its length as both fans, as in Keras.
    private static double FanIn(Tensor values) =>
        values.dim() == 1 ? values.shape[0] : values.shape[1..].Aggregate(1.0, (product, size) => product * size);

    private static double FanOut(Tensor values) =>
        values.dim() == 1 ? values.shape[0] : values.shape[0] * values.shape[2..].Aggregate(1.0, (product, size) => product * size);

    private sealed class Constant(double value) : Initializer
    {
        private protected override void Draw(Tensor values, double fanIn, double fanOut, long groups) => values.fill_(value);
    }

    private sealed class Normal(double mean, double deviation) : Initializer
    {
        private protected override void Draw(Tensor values, double fanIn, double fanOut, long groups) => values.normal_(mean, deviation);
    }

    private sealed class CutNormal(double mean, double deviation) : Initializer
    {
        private protected override void Draw(Tensor values, double fanIn, double fanOut, long groups)
        {
            DrawTruncated(values, deviation);
            _ = values.add_(mean);
        }
    }

    private sealed class Uniform(double low, double high) : Initializer
    {
        private protected override void Draw(Tensor values, double fanIn, double fanOut, long groups) => values.uniform_(low, high);
    }

    private sealed class Scaled(double scale, InitializerMode mode, InitializerDistribution distribution) : Initializer
    {
        // The standard deviation of a standard normal distribution truncated at ±2.
        private const double TruncatedDeviation = 0.87962566103423978;

        private protected override void Draw(Tensor values, double fanIn, double fanOut, long groups)
        {
            var n = Math.Max(1, mode switch
            {
                InitializerMode.FanIn => fanIn,
                InitializerMode.FanOut => fanOut,
                _ => (fanIn + fanOut) / 2,
            });
            switch (distribution)
            {
                case InitializerDistribution.Uniform:
                    var limit = Math.Sqrt(3 * scale / n);
                    _ = values.uniform_(-limit, limit);
                    break;
                case InitializerDistribution.UntruncatedNormal:
                    _ = values.normal_(0, Math.Sqrt(scale / n));
                    break;
                default:
                    DrawTruncated(values, Math.Sqrt(scale / n) / TruncatedDeviation);
                    break;
            }
        }
    }

    private sealed class OrthogonalMatrix(double gain) : Initializer
    {
        private protected override void Draw(Tensor values, double fanIn, double fanOut, long groups)
        {
            // Keras's matrix has the outputs as columns and everything else as rows; here it lies on its side.
            var (outputs, rest) = (values.shape[0] / groups, values.numel() / (values.shape[0] / groups));
            var (q, r) = linalg.qr(randn(Math.Max(outputs, rest), Math.Min(outputs, rest)));
            // With these signs every orthogonal matrix is equally likely.
            q *= r.diagonal().sign();
            var matrix = outputs > rest ? q : q.t();
            _ = values.copy_((matrix * gain).reshape(outputs, groups, -1).transpose(0, 1).reshape(values.shape));
        }
    }
}

/// <summary>What the variance of starting values is divided by.</summary>
public enum InitializerMode
{
    /// <summary>The inputs of each output.</summary>
    FanIn,

    /// <summary>The outputs of each input.</summary>
    FanOut,

    /// <summary>The average of the two.</summary>
    FanAvg,
}

/// <summary>How starting values are distributed.</summary>
public enum InitializerDistribution
{
    /// <summary>Normal, truncated at two standard deviations and widened, so that the variance is the one asked for.</summary>
    TruncatedNormal,

    /// <summary>Normal.</summary>
    UntruncatedNormal,

    /// <summary>Uniform around 0.</summary>
    Uniform,
}
