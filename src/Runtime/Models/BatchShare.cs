using FashionCnn.Distribution;

namespace FashionCnn.Models;

/// <summary>
/// The images that one of several ranks has of a batch. Batch normalization takes its statistics over these, or over the whole batch. Either way
/// the moving statistics move by those of all ranks, so that they are the same everywhere.
/// </summary>
/// <param name="ranks">The ranks.</param>
/// <param name="isSynchronized">Statistics are of the whole batch.</param>
/// <param name="failure">Keeps what goes wrong in the backward pass.</param>
internal sealed class BatchShare(Ranks ranks, bool isSynchronized, CallbackFailure failure)
{
    private readonly List<(BatchNormalization Layer, float[] Mean, float[] Variance)> seen = [];

    /// <summary>Statistics are of the whole batch.</summary>
    public bool IsSynchronized => isSynchronized;

    /// <summary>The share of the batch's images that this rank has. With 0 it computes an image all the same, in time with the others, which counts nothing.</summary>
    public double Share { get; private set; } = 1;

    /// <summary>How many numbers <see cref="Write"/> writes.</summary>
    public int Count => seen.Sum(layer => 2 * layer.Mean.Length);

    /// <summary>Begins a step.</summary>
    public void Begin(double share)
    {
        Share = share;
        seen.Clear();
    }

    /// <summary>Takes a layer's statistics of this rank's images: the moving ones move when those of all ranks are known.</summary>
    public void See(BatchNormalization layer, float[] mean, float[] variance) => seen.Add((layer, mean, variance));

    /// <summary>Writes the statistics, each times the rank's share: added up over the ranks, they are means.</summary>
    public void Write(Span<double> values)
    {
        var i = 0;
        foreach (var (_, mean, variance) in seen)
        {
            foreach (var value in mean.Concat(variance))
            {
                // What an image that counts nothing comes to need not be a number.
                values[i++] = Share == 0 ? 0 : value * Share;
            }
        }
    }

    /// <summary>Moves the layers' statistics by those of all ranks.</summary>
    public void Move(ReadOnlySpan<double> values)
    {
        foreach (var (layer, mean, variance) in seen)
        {
            var channels = mean.Length;
            for (var c = 0; c < channels; c++)
            {
                mean[c] = (float)values[c];
                variance[c] = (float)values[channels + c];
            }

            values = values[(2 * channels)..];
            layer.Move(mean, variance);
        }
    }

    /// <summary>
    /// Makes of the moments of this rank's images those of the whole batch. They are added up as differences from a common origin, which loses nothing
    /// where the origin is near the mean.
    /// </summary>
    /// <param name="mean">The mean of each channel.</param>
    /// <param name="squares">The sum of the squares of the differences from it.</param>
    /// <param name="count">The values of a channel.</param>
    /// <param name="origin">The same on all ranks, such as the moving mean.</param>
    /// <returns>The values of a channel in the whole batch.</returns>
    public double Merge(Span<double> mean, Span<double> squares, double count, ReadOnlySpan<float> origin)
    {
        var channels = mean.Length;
        var sums = new double[(2 * channels) + 1];
        if (Share > 0)
        {
            sums[^1] = count;
            for (var c = 0; c < channels; c++)
            {
                var difference = mean[c] - origin[c];
                sums[c] = difference * count;
                sums[channels + c] = squares[c] + (difference * difference * count);
            }
        }

        ranks.Sum(sums);
        var all = sums[^1];
        for (var c = 0; c < channels; c++)
        {
            var difference = sums[c] / all;
            mean[c] = origin[c] + difference;
            squares[c] = Math.Max(0, sums[channels + c] - (difference * sums[c]));
        }

        return all;
    }

    /// <summary>Adds up, over the whole batch, what a layer's backward pass has added up over this rank's images. After a failure, all sums are 0.</summary>
    /// <param name="sum">The gradients of a channel.</param>
    /// <param name="product">The same, each times its value's difference from the mean.</param>
    public void Add(Span<double> sum, Span<double> product)
    {
        // A rank whose images count nothing has gradients of 0.
        double[] sums = [.. sum, .. product];
        if (!failure.Try(() => ranks.Sum(sums)))
        {
            sum.Clear();
            product.Clear();
            return;
        }

        sums.AsSpan(0, sum.Length).CopyTo(sum);
        sums.AsSpan(sum.Length).CopyTo(product);
    }
}
