using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// x where positive, a trained factor times x elsewhere: one factor for each channel, or of shape channels x height x width, where 1
/// stands for an axis along which values share them.
/// </summary>
public sealed class PReLU : nn.Module<Tensor, Tensor>
{
    /// <summary>Makes the layer.</summary>
    /// <param name="shape">The shape of the factors: channels, or channels x height x width.</param>
    /// <param name="initializer">The factors' starting values.</param>
    /// <param name="ofImages">The channels are those of images, whose factors Keras keeps as 1 x 1 x channels; it decides what the initializer takes for fans.</param>
    public PReLU(long[] shape, Initializer initializer, bool ofImages = false)
        : base(nameof(PReLU))
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(empty(shape));
        // As of Keras's tensor, which has the channels last.
        var (fanIn, fanOut) = shape is [var channels, var height, var width] ? (height * width, channels * height) : (ofImages ? 1 : shape[0], shape[0]);
        initializer.Fill(weight, fanIn, fanOut);
        register_parameter("weight", weight);
        _ = weight.DetachFromDisposeScope();
    }

    /// <summary>The factors.</summary>
    internal Tensor Weight => get_parameter("weight")!;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Apply(input, Weight);

    /// <summary>The function with other factors of the same shape.</summary>
    // Torch's own operation has one factor for each channel.
    internal static Tensor Apply(Tensor input, Tensor weight) => weight.dim() == 1 ? nn.functional.prelu(input, weight) : where(input.gt(0), input, input * weight);
}
