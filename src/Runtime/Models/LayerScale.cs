using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>A trained factor for each channel of an image (N x channels x height x width) or value of a vector (N x channels).</summary>
public sealed class LayerScale : nn.Module<Tensor, Tensor>
{
    /// <summary>Makes the layer.</summary>
    /// <param name="channels">Channels of the image or length of the vector.</param>
    /// <param name="value">What all factors start at.</param>
    public LayerScale(long channels, double value)
        : base(nameof(LayerScale)) => register_parameter("weight", new Parameter(full(channels, value, dtype: float32)));

    /// <summary>The factors.</summary>
    internal Tensor Weight => get_parameter("weight")!;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Scale(input, Weight);

    /// <summary>Multiplies each channel by its factor.</summary>
    internal static Tensor Scale(Tensor input, Tensor weight) => input * (input.dim() == 4 ? weight.view(-1, 1, 1) : weight);
}
