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

    /// <summary>Those that Keras has no name for.</summary>
    public static readonly EquatableArray<string> NotKeras = ["gelu_tanh"];

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

    /// <summary>The activation in ONNX; those that opset 17 lacks are composed.</summary>
    public static OnnxValue Onnx(string activation, OnnxValue x) => activation switch
    {
        "linear" => x,
        "relu" => x.To(OnnxOperator.Relu),
        "relu6" => x.To(OnnxOperator.Clip, 0, 6),
        "leaky_relu" => x.To(OnnxOperator.LeakyRelu).WithNumber("alpha", 0.2),
        "elu" or "celu" => x.To(OnnxOperator.Elu),
        "selu" => x.To(OnnxOperator.Selu),
        "gelu" => x.To(OnnxOperator.Mul, x.To(OnnxOperator.Div, Math.Sqrt(2)).To(OnnxOperator.Erf).To(OnnxOperator.Add, 1).To(OnnxOperator.Mul, 0.5)),
        "gelu_tanh" => x.To(OnnxOperator.Mul, Cubed(x).To(OnnxOperator.Mul, Math.Sqrt(2 / Math.PI)).To(OnnxOperator.Tanh).To(OnnxOperator.Add, 1).To(OnnxOperator.Mul, 0.5)),
        "silu" => x.To(OnnxOperator.Mul, x.To(OnnxOperator.Sigmoid)),
        "hard_silu" => x.To(OnnxOperator.Mul, HardSigmoid(x)),
        "mish" => x.To(OnnxOperator.Mul, x.To(OnnxOperator.Softplus).To(OnnxOperator.Tanh)),
        "sigmoid" => x.To(OnnxOperator.Sigmoid),
        "hard_sigmoid" => HardSigmoid(x),
        "tanh" => x.To(OnnxOperator.Tanh),
        "softsign" => x.To(OnnxOperator.Softsign),
        "softplus" => x.To(OnnxOperator.Softplus),
        "exponential" => x.To(OnnxOperator.Exp),
        Softmax => x.To(OnnxOperator.Softmax).WithInteger("axis", 1),
        "log_softmax" => x.To(OnnxOperator.LogSoftmax).WithInteger("axis", 1),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };

    /// <summary>The activation in PyTorch.</summary>
    public static string PyTorch(string activation, string x) => activation switch
    {
        "linear" => x,
        "leaky_relu" => $"F.leaky_relu({x}, 0.2)",
        "gelu_tanh" => $"F.gelu({x}, approximate=\"tanh\")",
        "hard_silu" => $"F.hardswish({x})",
        "hard_sigmoid" => $"F.hardsigmoid({x})",
        "sigmoid" or "tanh" => $"torch.{activation}({x})",
        "exponential" => $"torch.exp({x})",
        Softmax or "log_softmax" => $"F.{activation}({x}, 1)",
        _ => $"F.{activation}({x})",
    };

    private static OnnxNode HardSigmoid(OnnxValue x) => x.To(OnnxOperator.HardSigmoid).WithNumber("alpha", 1.0 / 6).WithNumber("beta", 0.5);

    // x + 0.044715 x³.
    private static OnnxNode Cubed(OnnxValue x) => x.To(OnnxOperator.Add, x.To(OnnxOperator.Mul, x).To(OnnxOperator.Mul, x).To(OnnxOperator.Mul, 0.044715));
}
