using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>The activations and the operations of the base class that compute them.</summary>
internal static class Activations
{
    public const string Relu = "relu";
    public const string Softmax = "softmax";

    public static readonly EquatableArray<string> Names =
    [
        "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "gelu_tanh", "silu", "hard_silu", "mish",
        "sigmoid", "hard_sigmoid", "tanh", "softsign", "softplus", "exponential", "softmax", "log_softmax",
    ];

    /// <summary>Those that are cheap and never fall: of the maximum of values they give the maximum of what they give of each.</summary>
    public static readonly EquatableArray<string> NeverFall = ["relu", "relu6", "leaky_relu"];

    // Those whose gradient needs only the result.
    private static readonly EquatableArray<string> Overwriting = ["relu", "relu6", "leaky_relu", "elu", "selu", "celu", "sigmoid", "tanh", "exponential"];

    /// <summary>The activation of <paramref name="x"/>, which stays as it is.</summary>
    public static string Of(string activation, string x) => Of(activation, x, string.Empty);

    /// <summary>
    /// The activation of <paramref name="x"/>, which nothing else reads: the output of a convolution or a matrix product, whose
    /// gradients do not need it. So it is overwritten where the activation's own gradient needs only the result.
    /// </summary>
    public static string OverwriteWith(string activation, string x) => Of(activation, x, Overwriting.Contains(activation) ? "_" : string.Empty);

    private static string Of(string activation, string x, string suffix) => activation switch
    {
        "linear" => x,
        "leaky_relu" => $"leaky_relu{suffix}({x}, 0.2)",
        _ => $"{activation}{suffix}({x})",
    };
}
