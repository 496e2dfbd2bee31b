using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// Batch normalization in training by the statistics of all ranks' images, by tensor operations: of vectors, and of images that
/// <see cref="ChannelNormalization"/> does not take.
/// </summary>
/// <remarks>Ioffe and Szegedy, Batch Normalization, 2015; the gradients of weight and bias are those of this rank's images, as in Torch's SyncBatchNorm.</remarks>
internal sealed class SynchronizedNormalization : autograd.SingleTensorFunction<SynchronizedNormalization>
{
    private const string Key = "moments";

    /// <inheritdoc/>
    public override string Name => nameof(SynchronizedNormalization);

    /// <summary>Normalizes images or vectors.</summary>
    /// <param name="x">N x channels, or N x channels x height x width.</param>
    /// <param name="weight">One number per channel; null for 1.</param>
    /// <param name="bias">One number per channel; null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="share">The batch of which the images are a share.</param>
    /// <param name="origin">Near the mean of each channel, and the same on all ranks.</param>
    /// <returns>The images or vectors, and the mean and the biased variance of the whole batch.</returns>
    public static (Tensor Output, float[] Mean, float[] Variance) Apply(Tensor x, Tensor? weight, Tensor? bias, double epsilon, BatchShare share, float[] origin)
    {
        double[] mean, squares;
        var count = (double)x.numel() / x.shape[1];
        using (no_grad())
        {
            using var scope = NewDisposeScope();
            var values = x.to(float32);
            mean = Numbers(values.mean(Others(x)));
            squares = [.. Numbers(values.var(Others(x), unbiased: false)).Select(variance => variance * count)];
        }

        var all = share.Merge(mean, squares, count, origin);
        var moments = new Moments(share, [.. mean.Select(value => (float)value)], [.. squares.Select(value => (float)(1 / Math.Sqrt((value / all) + epsilon)))], all);
        return (apply(x, weight!, bias!, moments), moments.Mean, [.. squares.Select(value => (float)(value / all))]);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, bias, moments) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor?)vars[2], (Moments)vars[3]);
        ctx.save_for_backward([x, weight!, bias!]);
        ctx.save_data(Key, moments);
        using var scope = NewDisposeScope();
        var y = Normalized(x, moments);
        y = weight is null ? y : y * Channels(weight, x);
        return (bias is null ? y : y + Channels(bias, x)).to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (x, weight, bias, moments) = (saved[0], saved[1], saved[2], (Moments)ctx.get_data(Key));
        using var scope = NewDisposeScope();
        var slopes = grad_output.to(float32);
        var normalized = Normalized(x, moments);
        var (biases, weights) = (slopes.sum(Others(x)), (slopes * normalized).sum(Others(x)));
        double[] sum = Numbers(biases), product = Numbers(weights);
        moments.Share.Add(sum, product);
        // Images that count nothing have no part in the statistics, so nothing comes back to them by way of these.
        var input = moments.Share.Share == 0 ? slopes : slopes - Channels(Mean(sum), x) - (normalized * Channels(Mean(product), x));
        input *= Channels(weight is null ? tensor(moments.Inverse) : tensor(moments.Inverse) * weight, x);
        return
        [
            input.to(x.dtype).MoveToOuterDisposeScope(),
            weight is null ? null! : weights.MoveToOuterDisposeScope(),
            bias is null ? null! : biases.MoveToOuterDisposeScope(),
            null!,
        ];

        Tensor Mean(double[] sums) => tensor(sums.Select(value => (float)(value / moments.Count)).ToArray());
    }

    private static long[] Others(Tensor x) => x.dim() == 4 ? [0, 2, 3] : [0];

    private static Tensor Channels(Tensor values, Tensor like) => like.dim() == 4 ? values.view(1, -1, 1, 1) : values;

    private static Tensor Normalized(Tensor x, Moments moments) => (x.to(float32) - Channels(tensor(moments.Mean), x)) * Channels(tensor(moments.Inverse), x);

    private static double[] Numbers(Tensor values) => values.to(float64).data<double>().ToArray();

    /// <summary>What the backward pass needs of the forward pass.</summary>
    private sealed record Moments(BatchShare Share, float[] Mean, float[] Inverse, double Count);
}
