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
        Initializer kernelInitializer = Initializer.GlorotUniform,
        Initializer biasInitializer = Initializer.Zeros)
    {
        using var scope = NewDisposeScope();
        var layer = nn.Conv2d(
            channels, filters, kernel, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1), groups: groups, bias: bias);
        Fill(layer.weight, kernelInitializer);
        Fill(layer.bias, biasInitializer);
        return layer;
    }

    /// <summary>A dense layer, its weights of shape units x features.</summary>
    protected static Linear CreateDense(
        long features,
        long units,
        bool bias = true,
        Initializer kernelInitializer = Initializer.GlorotUniform,
        Initializer biasInitializer = Initializer.Zeros)
    {
        using var scope = NewDisposeScope();
        var layer = nn.Linear(features, units, bias);
        Fill(layer.weight, kernelInitializer);
        Fill(layer.bias, biasInitializer);
        return layer;
    }

    /// <summary>Batch normalisation. <paramref name="momentum"/> is Keras's: the share of the old mean that stays.</summary>
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
