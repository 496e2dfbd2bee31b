using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>The activations and the operations of the base class that compute them.</summary>
internal static class Activations
{
    public const string Relu = "relu";
    public const string Softmax = "softmax";

    public static readonly EquatableArray<string> Names =
        ["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "sigmoid", "tanh", "softplus", "softmax"];

    /// <summary>Those that are cheap and never fall: of the maximum of values they give the maximum of what they give of each.</summary>
    public static readonly EquatableArray<string> NeverFall = ["relu", "relu6", "leaky_relu"];

    /// <summary>The activation of <paramref name="x"/>, which stays as it is.</summary>
    public static string Of(string activation, string x) => activation switch
    {
        "linear" => x,
        "leaky_relu" => $"leaky_relu({x}, 0.2)",
        _ => $"{activation}({x})",
    };

    /// <summary>
    /// The activation of <paramref name="x"/>, which nothing else reads: the output of a convolution or a matrix product, whose
    /// gradients do not need it. So it is overwritten where the activation's own gradient needs only the result.
    /// </summary>
    public static string OverwriteWith(string activation, string x) => activation switch
    {
        "linear" => x,
        "relu" => $"relu_({x})",
        "relu6" => $"relu6_({x})",
        "leaky_relu" => $"leaky_relu_({x}, 0.2)",
        "elu" => $"elu_({x})",
        "selu" => $"selu_({x})",
        "sigmoid" => $"sigmoid_({x})",
        "tanh" => $"tanh_({x})",
        _ => $"{activation}({x})",
    };
}
