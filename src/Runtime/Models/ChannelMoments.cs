using System.Buffers;

namespace FashionCnn.Models;

/// <summary>The mean and the variance of each channel of a batch, and what normalization does with them.</summary>
internal sealed class ChannelMoments
{
    private readonly float[] inverse;
    private readonly float floor;
    private readonly BatchShare? share;
    private double count;

    private ChannelMoments(int channels, float floor, BatchShare? share)
    {
        (Mean, Variance, inverse) = (new float[channels], new float[channels], new float[channels]);
        (this.floor, this.share) = (floor, share);
    }

    /// <summary>The mean of each channel.</summary>
    public float[] Mean { get; }

    /// <summary>The variance of each channel, of the batch itself (biased).</summary>
    public float[] Variance { get; }

    /// <summary>Measures a batch.</summary>
    /// <param name="x">The images.</param>
    /// <param name="relu">Of the images after ReLU. So is all that is done with the moments.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="share">The batch of which they are a share, to measure all of it; null for these images alone.</param>
    /// <param name="origin">Near the mean of each channel, and the same on all ranks; empty where there is no other rank.</param>
    public static ChannelMoments Of(ChannelMemory x, bool relu, double epsilon, BatchShare? share = null, float[]? origin = null)
    {
        var channels = x.Channels;
        var moments = new ChannelMoments(channels, relu ? 0 : ChannelRows.NoFloor, share);
        using var sums = new PartSums(x);
        x.ForEachPart(part => Measure(x.Part(part), moments.floor, sums.First(part), sums.Second(part)));

        // Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing Sample Variances, 1979.
        var mean = sums.First(0);
        var squares = sums.Second(0);
        var count = (double)x.RowsOf(0);
        for (var part = 1; part < x.Parts; part++)
        {
            var partMean = sums.First(part);
            var partSquares = sums.Second(part);
            var rows = x.RowsOf(part);
            for (var c = 0; c < channels; c++)
            {
                var step = partMean[c] - mean[c];
                mean[c] += step * rows / (count + rows);
                squares[c] += partSquares[c] + (step * step * count * rows / (count + rows));
            }

            count += rows;
        }

        moments.count = count = share is null ? count : share.Merge(mean, squares, count, origin);
        for (var c = 0; c < channels; c++)
        {
            moments.Mean[c] = (float)mean[c];
            moments.Variance[c] = (float)(squares[c] / count);
            moments.inverse[c] = (float)(1 / Math.Sqrt((squares[c] / count) + epsilon));
        }

        return moments;
    }

    /// <summary>Writes (x - mean) / √(variance + epsilon) · weight + bias.</summary>
    public void Normalize(ChannelMemory x, ChannelMemory output, float[]? weight, float[]? bias)
    {
        var factor = Factor(weight);
        var offset = bias ?? new float[factor.Length];
        x.ForEachPart(part => ChannelRows.Normalize(x.Part(part), floor, output.Part(part), Mean, factor, offset));
    }

    /// <summary>Writes the gradient of the images.</summary>
    /// <returns>The gradients of weight and bias, of these images alone.</returns>
    public (float[] Weight, float[] Bias) Propagate(ChannelMemory gradient, ChannelMemory x, ChannelMemory input, float[]? weight)
    {
        var channels = x.Channels;
        using var sums = new PartSums(x);
        x.ForEachPart(part => ChannelRows.Sum(gradient.Part(part), x.Part(part), floor, Mean, sums.First(part), sums.Second(part)));
        var sum = sums.First(0);
        var product = sums.Second(0);
        for (var part = 1; part < x.Parts; part++)
        {
            var partSum = sums.First(part);
            var partProduct = sums.Second(part);
            for (var c = 0; c < channels; c++)
            {
                sum[c] += partSum[c];
                product[c] += partProduct[c];
            }
        }

        var (factor, shift, slope, weights, biases) = (Factor(weight), new float[channels], new float[channels], new float[channels], new float[channels]);
        for (var c = 0; c < channels; c++)
        {
            weights[c] = (float)(product[c] * inverse[c]);
            biases[c] = (float)sum[c];
        }

        share?.Add(sum, product);
        // Images that count nothing have no part in the statistics, so nothing comes back to them by way of these.
        for (var c = 0; c < channels && share is not { Share: 0 }; c++)
        {
            shift[c] = (float)(sum[c] / count);
            slope[c] = (float)(product[c] / count * inverse[c] * inverse[c]);
        }

        x.ForEachPart(part => ChannelRows.Propagate(gradient.Part(part), x.Part(part), floor, input.Part(part), Mean, factor, shift, slope));
        return (weights, biases);
    }

    private float[] Factor(float[]? weight) => weight is null ? inverse : [.. inverse.Zip(weight, (a, b) => a * b)];

    /// <summary>Makes of two rows of zeros the mean of each channel and the sum of the squares of the differences from it.</summary>
    private static void Measure(ReadOnlySpan<float> x, float floor, Span<double> mean, Span<double> squares)
    {
        // Squares of differences from a value that is about the mean lose nothing.
        var channels = mean.Length;
        var first = x[..Math.Min(x.Length, ChannelRows.BlockRows * channels)];
        var origin = ArrayPool<float>.Shared.Rent(channels);
        var from = origin.AsSpan(0, channels);
        from.Clear();
        ChannelRows.Sum(first, floor, from, mean, squares);
        var rows = first.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            from[c] = (float)(mean[c] / rows);
        }

        mean.Clear();
        squares.Clear();
        ChannelRows.Sum(x, floor, from, mean, squares);
        rows = x.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            squares[c] -= mean[c] * mean[c] / rows;
            mean[c] = from[c] + (mean[c] / rows);
        }

        ArrayPool<float>.Shared.Return(origin);
    }

    /// <summary>Two numbers per channel for each part, zeros at first.</summary>
    private sealed class PartSums : IDisposable
    {
        private readonly int channels;
        private readonly double[] values;

        public PartSums(ChannelMemory x)
        {
            channels = x.Channels;
            values = ArrayPool<double>.Shared.Rent(x.Parts * 2 * channels);
            Array.Clear(values, 0, x.Parts * 2 * channels);
        }

        public Span<double> First(int part) => values.AsSpan(part * 2 * channels, channels);

        public Span<double> Second(int part) => values.AsSpan(((part * 2) + 1) * channels, channels);

        public void Dispose() => ArrayPool<double>.Shared.Return(values);
    }
}
