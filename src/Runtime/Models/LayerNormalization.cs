using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// Layer normalization over the last dimension. Unlike Torch's module it has weight and bias one by one, as Keras does.
/// </summary>
public sealed class LayerNormalization : nn.Module<Tensor, Tensor>
{
    private const string Weight = "weight";
    private const string Bias = "bias";

    private readonly long channels;
    private readonly double epsilon;

    /// <summary>Makes the layer: weight 1, bias 0.</summary>
    /// <param name="channels">Length of the last dimension.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="center">Has a bias.</param>
    /// <param name="scale">Has a weight.</param>
    public LayerNormalization(long channels, double epsilon, bool center, bool scale)
        : base(nameof(LayerNormalization))
    {
        this.channels = channels;
        this.epsilon = epsilon;
        if (scale)
        {
            register_parameter(Weight, new Parameter(ones(channels)));
        }

        if (center)
        {
            register_parameter(Bias, new Parameter(zeros(channels)));
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, [channels], get_parameter(Weight), get_parameter(Bias), epsilon);
}
