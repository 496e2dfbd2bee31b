using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// Batch normalization in training of float32 images whose pixels hold their values side by side. In this layout Torch's own kernel adds up the
/// statistics one after another in float32, and is off by 7e-5 of the largest value over 32 images of 28x28.
/// </summary>
/// <remarks>Its gradient is computed outside Torch's graph, so that it has no gradient itself.</remarks>
internal sealed class ChannelNormalization : autograd.SingleTensorFunction<ChannelNormalization>
{
    private const string Key = "moments";

    /// <inheritdoc/>
    public override string Name => nameof(ChannelNormalization);

    /// <summary>Normalizes images that <see cref="ChannelMemory.Takes"/> takes.</summary>
    /// <param name="x">N x channels x height x width.</param>
    /// <param name="weight">One number per channel; null for 1.</param>
    /// <param name="bias">One number per channel; null for 0.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="relu">Applies ReLU first, at no cost.</param>
    /// <param name="share">The batch of which they are a share, to normalize by all of it; null for these images alone.</param>
    /// <param name="origin">Near the mean of each channel, and the same on all ranks; null where there is no other rank.</param>
    /// <returns>The images, and the moments of the batch.</returns>
    public static (Tensor Output, ChannelMoments Moments) Apply(Tensor x, Tensor? weight, Tensor? bias, double epsilon, bool relu, BatchShare? share = null, float[]? origin = null)
    {
        using var input = ChannelMemory.Of(x);
        var moments = ChannelMoments.Of(input, relu, epsilon, share, origin);
        return (apply(x, weight!, bias!, moments), moments);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, bias, moments) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor?)vars[2], (ChannelMoments)vars[3]);
        ctx.save_for_backward([x, weight!, bias!]);
        ctx.save_data(Key, moments);
        // The strides are those of x.
        var output = empty_like(x);
        using var from = ChannelMemory.Of(x);
        using var to = ChannelMemory.Of(output);
        moments.Normalize(from, to, Values(weight), Values(bias));
        return output;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (x, weight, bias, moments) = (saved[0], saved[1], saved[2], (ChannelMoments)ctx.get_data(Key));
        // A sum's gradient, say, has one value in memory for all of them.
        var gradient = ChannelMemory.Laid(grad_output);
        var input = empty_like(x);
        using var slopes = ChannelMemory.Of(gradient);
        using var values = ChannelMemory.Of(x);
        using var result = ChannelMemory.Of(input);
        var (weights, biases) = moments.Propagate(slopes, values, result, Values(weight));
        return [input, weight is null ? null! : tensor(weights), bias is null ? null! : tensor(biases), null!];
    }

    private static float[]? Values(Tensor? values) => values?.data<float>().ToArray();
}
