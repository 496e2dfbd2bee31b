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
    public PReLU(long[] shape, Initializer initializer)
        : base(nameof(PReLU))
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(empty(shape));
        initializer.Fill(weight);
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
