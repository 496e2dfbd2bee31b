using static TorchSharp.torch;

namespace FashionCnn.Models;

// The activations, by Keras's names. In place are those whose gradient needs only the result.
public abstract partial class ImageClassifier
{
    /// <summary>max(x, 0).</summary>
    protected static Tensor relu(Tensor x) => nn.functional.relu(x);

    /// <summary>min(max(x, 0), 6).</summary>
    protected static Tensor relu6(Tensor x) => nn.functional.relu6(x);

    /// <summary>x where positive, <paramref name="negative_slope"/> · x elsewhere.</summary>
    protected static Tensor leaky_relu(Tensor x, double negative_slope) => nn.functional.leaky_relu(x, negative_slope);

    /// <summary>x above the threshold, but at most <paramref name="max_value"/>; <paramref name="negative_slope"/> · (x - threshold) elsewhere.</summary>
    protected static Tensor relu(Tensor x, double threshold, double negative_slope, double max_value = double.PositiveInfinity)
    {
        var above = nn.functional.threshold(x, threshold, 0);
        var limited = double.IsInfinity(max_value) ? above : above.clamp_max(max_value);
        return negative_slope == 0 ? limited : limited - ((threshold - x).relu() * negative_slope);
    }

    /// <summary>x where positive, <paramref name="alpha"/> · (exp(x) - 1) elsewhere.</summary>
    protected static Tensor elu(Tensor x, double alpha = 1) => nn.functional.elu(x, alpha);

    /// <summary>x where positive, exp(x) - 1 elsewhere: CELU of alpha 1.</summary>
    protected static Tensor celu(Tensor x) => nn.functional.celu(x, 1);

    /// <summary>CELU, in place.</summary>
    protected static Tensor celu_(Tensor x) => x.celu_();

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    protected static Tensor hard_sigmoid(Tensor x) => nn.functional.hardsigmoid(x);

    /// <summary>x · hard_sigmoid(x).</summary>
    protected static Tensor hard_silu(Tensor x) => nn.functional.hardswish(x);

    /// <summary>x · tanh(log(1 + exp(x))).</summary>
    protected static Tensor mish(Tensor x) => nn.functional.mish(x);

    /// <summary>x / (1 + |x|).</summary>
    protected static Tensor softsign(Tensor x) => nn.functional.softsign(x);

    /// <summary>exp(x).</summary>
    protected static Tensor exponential(Tensor x) => x.exp();

    /// <summary>exp(x), in place.</summary>
    protected static Tensor exponential_(Tensor x) => x.exp_();

    /// <summary>The logarithm of softmax.</summary>
    protected static Tensor log_softmax(Tensor x) => nn.functional.log_softmax(x, 1);

    /// <summary>x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 x³))), an approximation of <see cref="gelu"/>.</summary>
    protected static Tensor gelu_tanh(Tensor x) => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh);

    /// <summary>Scaled ELU.</summary>
    protected static Tensor selu(Tensor x) => nn.functional.selu(x);

    /// <summary>1 / (1 + exp(-x)).</summary>
    protected static Tensor sigmoid(Tensor x) => x.sigmoid();

    /// <summary>Hyperbolic tangent.</summary>
    protected static Tensor tanh(Tensor x) => x.tanh();

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
