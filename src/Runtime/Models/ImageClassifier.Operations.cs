using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

// What the generated Logits is written in. The names are Torch's; as members of the base class in lower case they can be hidden
// neither by a layer's property, which is in PascalCase, nor by a type in the consumer's namespaces. A trailing underscore, as in
// Torch, says that the operation overwrites its argument: the compiler uses it only where the gradient does not need the old value.
public abstract partial class ImageClassifier
{
    /// <summary>Convolution, N x channels x height x width.</summary>
    protected static Tensor conv2d(Conv2d layer, Tensor x) => layer.call(x);

    /// <summary>Matrix product and bias, N x features.</summary>
    protected static Tensor linear(Linear layer, Tensor x) => layer.call(x);

    /// <summary>Normalisation over the batch in training, by the moving statistics in evaluation.</summary>
    protected static Tensor batch_norm(BatchNormalization layer, Tensor x) => layer.call(x);

    /// <summary>The maximum of each window.</summary>
    protected static Tensor max_pool2d(Tensor x, (long, long) kernel_size, (long, long) stride, (long, long)? padding = null) =>
        nn.functional.max_pool2d(x, kernel_size, stride, padding);

    /// <summary>Adds rows and columns of <paramref name="value"/> around each image.</summary>
    protected static Tensor pad(Tensor x, long top, long bottom, long left, long right, double value = 0) =>
        nn.functional.pad(x, (left, right, top, bottom), PaddingModes.Constant, value);

    /// <summary>In training, drops values with probability <paramref name="p"/> and scales the others by 1 / (1 - p).</summary>
    protected Tensor dropout(Tensor x, double p) => nn.functional.dropout(x, p, training);

    /// <summary>N x channels x height x width to N x (channels · height · width).</summary>
    protected static Tensor flatten(Tensor x) => x.flatten(start_dim: 1);

    /// <summary>max(x, 0), in place.</summary>
    protected static Tensor relu_(Tensor x) => x.relu_();

    /// <summary>min(max(x, 0), 6), in place.</summary>
    protected static Tensor relu6_(Tensor x) => x.relu6_();

    /// <summary>x where positive, <paramref name="negative_slope"/> · x elsewhere, in place.</summary>
    protected static Tensor leaky_relu_(Tensor x, double negative_slope) => x.leaky_relu_(negative_slope);

    /// <summary>x where positive, exp(x) - 1 elsewhere, in place.</summary>
    protected static Tensor elu_(Tensor x) => x.elu_();

    /// <summary>Scaled ELU, in place.</summary>
    protected static Tensor selu_(Tensor x) => x.selu_();

    /// <summary>x · Φ(x), exactly (not the tanh approximation).</summary>
    protected static Tensor gelu(Tensor x) => nn.functional.gelu(x);

    /// <summary>x · sigmoid(x).</summary>
    protected static Tensor silu(Tensor x) => nn.functional.silu(x);

    /// <summary>1 / (1 + exp(-x)), in place.</summary>
    protected static Tensor sigmoid_(Tensor x) => x.sigmoid_();

    /// <summary>Hyperbolic tangent, in place.</summary>
    protected static Tensor tanh_(Tensor x) => x.tanh_();

    /// <summary>log(1 + exp(x)).</summary>
    protected static Tensor softplus(Tensor x) => nn.functional.softplus(x);

    /// <summary>Softmax over the channels of an image or the values of a vector.</summary>
    protected static Tensor softmax(Tensor x) => nn.functional.softmax(x, dim: 1);
}
