using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// Normalizes each channel of an image (N x channels x height x width) or value of a vector (N x channels) by a mean and a variance that
/// training does not change: they come from a file of weights.
/// </summary>
public sealed class Normalization : nn.Module<Tensor, Tensor>
{
    private const string Mean = "mean";
    private const string Variance = "variance";

    // Keras's smallest standard deviation.
    private const double Smallest = 1e-7;

    /// <summary>Makes the layer: mean 0, variance 1, count 0. Keras counts by the last one what it measured the others with; nothing reads it.</summary>
    /// <param name="channels">Channels of the image or length of the vector.</param>
    public Normalization(long channels)
        : base(nameof(Normalization))
    {
        register_buffer(Mean, zeros(channels));
        register_buffer(Variance, ones(channels));
        register_buffer("count", zeros(1));
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Normalize(input, get_buffer(Mean)!, get_buffer(Variance)!);

    /// <summary>(x - mean) / √variance; in float32 where the images are bf16, since a mean may be much larger than what it leaves.</summary>
    internal static Tensor Normalize(Tensor input, Tensor mean, Tensor variance)
    {
        var deviation = variance.sqrt().clamp_min(Smallest);
        return ((input - Shaped(mean)) / Shaped(deviation)).to(input.dtype);

        Tensor Shaped(Tensor values) => input.dim() == 4 ? values.view(-1, 1, 1) : values;
    }
}
