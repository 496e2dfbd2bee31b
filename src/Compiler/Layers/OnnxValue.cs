using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>
/// A value of the graph that a network becomes in ONNX: what layer kinds state of themselves, in operators of opset 17. Images are N x channels x
/// height x width, as in Torch. A value that is used twice is computed once, so two are the same only if they are one object.
/// </summary>
internal abstract class OnnxValue
{
    /// <summary>Stands in the place of an input that a node does without.</summary>
    public static readonly OnnxValue None = new OnnxConstant([], [], isInteger: true);

    /// <summary>What an operator makes of this value and others, in the operator's order.</summary>
    public OnnxNode To(OnnxOperator @operator, params OnnxValue[] others) => new(@operator, [this, .. others], []);

    /// <summary>A tensor of the layer's weights: <c>weight</c>, in its shape or in another one with as many values.</summary>
    public static OnnxValue Weight(string tensor, params long[] shape) => new OnnxWeight(tensor, new EquatableArray<long>(shape));

    /// <summary>The weight of each channel, such that it meets the channels of an image or of a vector.</summary>
    public static OnnxValue OfChannels(string tensor, Shape of) => Weight(tensor, ChannelShape(of));

    /// <summary>A number for each channel, such that it meets the channels of an image or of a vector.</summary>
    public static OnnxValue OfChannels(IEnumerable<double> numbers, Shape of) => new OnnxConstant(numbers.ToEquatableArray(), new EquatableArray<long>(ChannelShape(of)), isInteger: false);

    /// <summary>A vector of one number.</summary>
    public static OnnxValue Filled(double number, long length) => new OnnxConstant(Enumerable.Repeat(number, checked((int)length)).ToEquatableArray(), [length], isInteger: false);

    /// <summary>A vector of numbers.</summary>
    public static OnnxValue Numbers(params double[] numbers) => new OnnxConstant(new EquatableArray<double>(numbers), [numbers.Length], isInteger: false);

    /// <summary>A vector of whole numbers, which shapes and places are.</summary>
    public static OnnxValue Integers(params long[] numbers) => new OnnxConstant(numbers.Select(number => (double)number).ToEquatableArray(), [numbers.Length], isInteger: true);

    /// <summary>A number.</summary>
    public static implicit operator OnnxValue(double number) => new OnnxConstant([number], [], isInteger: false);

    /// <summary>The values of an image in the order height, width, channels; the value itself where that is its order already.</summary>
    public OnnxValue PixelByPixel(Shape shape) => HasOneOrder(shape) ? this : To(OnnxOperator.Transpose).With("perm", 0, 2, 3, 1);

    /// <summary>The values in another shape. Their order is height, width, channels, for both.</summary>
    public OnnxValue Reshaped(Shape from, Shape to) => from == to ? this
        : !to.IsImage ? PixelByPixel(from).To(OnnxOperator.Reshape, Integers(0, to.Channels))
        : HasOneOrder(to) ? PixelByPixel(from).To(OnnxOperator.Reshape, Integers(0, to.Channels, to.Height, to.Width))
        : PixelByPixel(from).To(OnnxOperator.Reshape, Integers(0, to.Height, to.Width, to.Channels)).To(OnnxOperator.Transpose).With("perm", 0, 3, 1, 2);

    /// <summary>Without the outermost rows and columns.</summary>
    public OnnxValue Cropped(Shape from, long top, long bottom, long left, long right) => (top, bottom, left, right) == (0, 0, 0, 0) ? this
        : To(OnnxOperator.Slice, Integers(top, left), Integers(from.Height - bottom, from.Width - right), Integers(2, 3));

    private static bool HasOneOrder(Shape shape) => !shape.IsImage || shape.Channels == 1 || shape.Height * shape.Width == 1;

    private static long[] ChannelShape(Shape of) => of.IsImage ? [of.Channels, 1, 1] : [of.Channels];
}

/// <summary>The images, or what a layer reads.</summary>
/// <param name="name">What the graph calls it.</param>
internal sealed class OnnxInput(string name) : OnnxValue
{
    public string Name => name;
}

/// <summary>A tensor of the layer's weights.</summary>
/// <param name="tensor">The rest of its name in the state dict, such as <c>weight</c>.</param>
/// <param name="shape">The shape that it has here: the same values in the same order.</param>
internal sealed class OnnxWeight(string tensor, EquatableArray<long> shape) : OnnxValue
{
    public string Tensor => tensor;

    public EquatableArray<long> Shape => shape;
}

/// <summary>Numbers that are the same whatever the weights are.</summary>
/// <param name="values">The values.</param>
/// <param name="shape">Their shape; none for one number.</param>
/// <param name="isInteger">They are 64-bit integers, not 32-bit floats.</param>
internal sealed class OnnxConstant(EquatableArray<double> values, EquatableArray<long> shape, bool isInteger) : OnnxValue
{
    public EquatableArray<double> Values => values;

    public EquatableArray<long> Shape => shape;

    public bool IsInteger => isInteger;
}

/// <summary>What an operator gives.</summary>
/// <param name="operator">The operator.</param>
/// <param name="inputs">What it takes, in its order.</param>
/// <param name="attributes">Its attributes; those that are not named have the operator's defaults.</param>
internal sealed class OnnxNode(OnnxOperator @operator, EquatableArray<OnnxValue> inputs, EquatableArray<OnnxAttribute> attributes) : OnnxValue
{
    public OnnxOperator Operator => @operator;

    public EquatableArray<OnnxValue> Inputs => inputs;

    public EquatableArray<OnnxAttribute> Attributes => attributes;

    /// <summary>The same with a list of whole numbers as an attribute.</summary>
    public OnnxNode With(string name, params long[] values) => With(new OnnxAttribute(name, new EquatableArray<long>(values)));

    /// <summary>The same with a whole number as an attribute.</summary>
    public OnnxNode WithInteger(string name, long value) => With(new OnnxAttribute(name, value));

    /// <summary>The same with a number as an attribute.</summary>
    public OnnxNode WithNumber(string name, double value) => With(new OnnxAttribute(name, value));

    /// <summary>The same with a word as an attribute.</summary>
    public OnnxNode WithWord(string name, string value) => With(new OnnxAttribute(name, value));

    private OnnxNode With(OnnxAttribute attribute) => new(@operator, inputs, [.. attributes, attribute]);
}

/// <summary>An attribute of a node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">A list of whole numbers, a whole number, a number or a word.</param>
internal readonly record struct OnnxAttribute(string Name, object Value);

/// <summary>The operators of opset 17 that layers need, by their names in ONNX.</summary>
internal enum OnnxOperator
{
    Add,
    AveragePool,
    BatchNormalization,
    Clip,
    Concat,
    Conv,
    ConvTranspose,
    Div,
    Elu,
    Erf,
    Exp,
    GlobalAveragePool,
    GlobalMaxPool,
    Gemm,
    HardSigmoid,
    InstanceNormalization,
    LayerNormalization,
    LeakyRelu,
    LogSoftmax,
    Max,
    MaxPool,
    Min,
    Mul,
    Pad,
    PRelu,
    Relu,
    Reshape,
    Resize,
    Selu,
    Sigmoid,
    Slice,
    Softmax,
    Softplus,
    Softsign,
    Sqrt,
    Sub,
    Tanh,
    ThresholdedRelu,
    Transpose,
}
