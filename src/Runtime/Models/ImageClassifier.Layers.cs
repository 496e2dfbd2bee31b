using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

// Makes the layers that hold weights, with Keras's starting values and settings. A layer takes its weights out of the scope that it
// is made in; what else Torch leaves behind goes with the scope.
public abstract partial class ImageClassifier
{
    /// <summary>A convolution, its weights of shape filters x (channels / groups) x kernel height x kernel width.</summary>
    protected static Conv2d CreateConv2D(
        long channels,
        long filters,
        (long, long) kernel,
        (long, long)? stride = null,
        (long, long)? padding = null,
        (long, long)? dilation = null,
        long groups = 1,
        bool bias = true,
        Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null)
    {
        using var scope = NewDisposeScope();
        var layer = nn.Conv2d(
            channels, filters, kernel, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1), groups: groups, bias: bias);
        Fill(layer.weight, kernelInitializer ?? Initializer.GlorotUniform);
        Fill(layer.bias, biasInitializer ?? Initializer.Zeros);
        return layer;
    }

    /// <summary>A convolution of each channel on its own, its weights of shape (channels · multiplier) x 1 x kernel height x kernel width.</summary>
    protected static Conv2d CreateDepthwiseConv2D(
        long channels,
        long multiplier,
        (long, long) kernel,
        (long, long)? stride = null,
        (long, long)? padding = null,
        (long, long)? dilation = null,
        bool bias = true,
        Initializer? depthwiseInitializer = null,
        Initializer? biasInitializer = null)
    {
        using var scope = NewDisposeScope();
        var layer = nn.Conv2d(
            channels, channels * multiplier, kernel, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1), groups: channels, bias: bias);
        // Keras keeps this kernel as height x width x channels x multiplier and counts its fans from that shape.
        var area = kernel.Item1 * kernel.Item2;
        (depthwiseInitializer ?? Initializer.GlorotUniform).Fill(layer.weight, area * channels, area * multiplier, groups: channels);
        Fill(layer.bias, biasInitializer ?? Initializer.Zeros);
        return layer;
    }

    /// <summary>A depthwise convolution without bias, then a 1x1 convolution to the filters.</summary>
    protected static SeparableConvolution CreateSeparableConv2D(
        long channels,
        long multiplier,
        long filters,
        (long, long) kernel,
        (long, long)? stride = null,
        (long, long)? padding = null,
        (long, long)? dilation = null,
        bool bias = true,
        Initializer? depthwiseInitializer = null,
        Initializer? pointwiseInitializer = null,
        Initializer? biasInitializer = null) => new(
            CreateDepthwiseConv2D(channels, multiplier, kernel, stride, padding, dilation, bias: false, depthwiseInitializer),
            CreateConv2D(channels * multiplier, filters, (1, 1), bias: bias, kernelInitializer: pointwiseInitializer, biasInitializer: biasInitializer));

    /// <summary>A transposed convolution, its weights of shape channels x filters x kernel height x kernel width.</summary>
    protected static ConvTranspose2d CreateConv2DTranspose(
        long channels,
        long filters,
        (long, long) kernel,
        (long, long)? stride = null,
        (long, long)? padding = null,
        (long, long)? output_padding = null,
        (long, long)? dilation = null,
        bool bias = true,
        Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null)
    {
        using var scope = NewDisposeScope();
        var layer = nn.ConvTranspose2d(channels, filters, kernel, stride, padding, output_padding, dilation, bias: bias);
        // Keras, too, counts the fans of this kernel as if it were that of the convolution the other way.
        Fill(layer.weight, kernelInitializer ?? Initializer.GlorotUniform);
        Fill(layer.bias, biasInitializer ?? Initializer.Zeros);
        return layer;
    }

    /// <summary>Layer normalization over the channels: weight 1, bias 0.</summary>
    protected static LayerNormalization CreateLayerNormalization(long channels, double epsilon, bool center = true, bool scale = true) =>
        new(channels, epsilon, center, scale);

    /// <summary>Normalization by weights that training does not change: mean 0, variance 1.</summary>
    protected static Normalization CreateNormalization(long channels) => new(channels);

    /// <summary>A factor for each channel, all of one value at first.</summary>
    protected static LayerScale CreateLayerScale(long channels, double value) => new(channels, value);

    /// <summary>A PReLU with a factor for each channel or value of a vector.</summary>
    protected static PReLU CreatePReLU(long channels, Initializer? alphaInitializer = null, bool ofImages = false) =>
        new([channels], alphaInitializer ?? Initializer.Zeros, ofImages);

    /// <summary>A PReLU with factors that also differ along the height or the width.</summary>
    protected static PReLU CreatePReLU(long channels, long height, long width, Initializer? alphaInitializer = null) =>
        new([channels, height, width], alphaInitializer ?? Initializer.Zeros);

    /// <summary>Group normalization of images: weight 1, bias 0.</summary>
    protected static GroupNorm CreateGroupNormalization(long groups, long channels, double epsilon)
    {
        using var scope = NewDisposeScope();
        var layer = nn.GroupNorm(groups, channels, epsilon);
        Fill(layer.weight, Initializer.Ones);
        Fill(layer.bias, Initializer.Zeros);
        return layer;
    }

    /// <summary>A dense layer, its weights of shape units x features.</summary>
    protected static Linear CreateDense(
        long features,
        long units,
        bool bias = true,
        Initializer? kernelInitializer = null,
        Initializer? biasInitializer = null)
    {
        using var scope = NewDisposeScope();
        var layer = nn.Linear(features, units, bias);
        Fill(layer.weight, kernelInitializer ?? Initializer.GlorotUniform);
        Fill(layer.bias, biasInitializer ?? Initializer.Zeros);
        return layer;
    }

    /// <summary>Batch normalization. <paramref name="momentum"/> is Keras's: the share of the old mean that stays.</summary>
    protected static BatchNormalization CreateBatchNormalization(
        long channels, double momentum, double epsilon, bool center = true, bool scale = true) =>
        new(channels, momentum, epsilon, center, scale);

    private static void Fill(Tensor? values, Initializer initializer)
    {
        if (values is not null)
        {
            initializer.Fill(values);
        }
    }
}
