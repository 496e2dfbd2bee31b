using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>A depthwise convolution and a 1x1 convolution after it, N x channels x height x width.</summary>
public sealed class SeparableConvolution : nn.Module<Tensor, Tensor>
{
    /// <summary>Makes the layer from its two convolutions.</summary>
    public SeparableConvolution(Conv2d depthwise, Conv2d pointwise)
        : base(nameof(SeparableConvolution))
    {
        Depthwise = depthwise;
        Pointwise = pointwise;
        register_module("depthwise", depthwise);
        register_module("pointwise", pointwise);
    }

    /// <summary>Convolves each channel on its own.</summary>
    public Conv2d Depthwise { get; }

    /// <summary>Mixes the channels of each pixel.</summary>
    public Conv2d Pointwise { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var between = Depthwise.call(input);
        return Pointwise.call(between);
    }

    /// <summary>Nothing is left to register: Torch would find the properties' fields and give each convolution a second name.</summary>
    protected override void RegisterComponents()
    {
    }
}
