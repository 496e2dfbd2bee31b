using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class SeparableConv2D : LayerKind
{
    private static readonly Key<int> Filters = CommonKeys.Filters();
    private static readonly KernelKeys Kernel = KernelKeys.Create();
    private static readonly Key<int> DepthMultiplier = CommonKeys.DepthMultiplier();
    private static readonly Key<bool> UseBias = CommonKeys.UseBias();
    private static readonly Key<string> Activation = CommonKeys.Activation();
    private static readonly Key<TypedSettings> DepthwiseInitializer = CommonKeys.Initializer("depthwise_initializer", Initializers.GlorotUniform, "initial values of each channel's kernel");
    private static readonly Key<TypedSettings> PointwiseInitializer = CommonKeys.Initializer("pointwise_initializer", Initializers.GlorotUniform, "initial values of the 1x1 kernel");
    private static readonly Key<TypedSettings> BiasInitializer = CommonKeys.BiasInitializer();
    private static readonly Key<TypedSettings> DepthwiseRegularizer = CommonKeys.Regularizer("depthwise_regularizer", "channels' kernels");
    private static readonly Key<TypedSettings> PointwiseRegularizer = CommonKeys.Regularizer("pointwise_regularizer", "1x1 kernel");
    private static readonly Key<TypedSettings> BiasRegularizer = CommonKeys.Regularizer("bias_regularizer", "bias");

    public override string Type => "SeparableConv2D";

    public override IReadOnlyList<string> OtherNames => ["SeparableConvolution2D"];

    public override string NamePrefix => "separable_conv";

    public override string Summary => "Convolution of each channel of an image on its own, then a 1x1 convolution that mixes the channels.";

    public override LayerFamily Family => LayerFamily.Convolution;

    public override KeyTable Table { get; } = new(
        Filters, Kernel.Size, Kernel.Strides, Kernel.Padding, Kernel.Dilation, DepthMultiplier, UseBias, Activation, DepthwiseInitializer, PointwiseInitializer, BiasInitializer, DepthwiseRegularizer, PointwiseRegularizer, BiasRegularizer, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, Tensors = [new("depthwise_kernel", "depthwise.weight", KerasOrder.Depthwise), new("pointwise_kernel", "pointwise.weight", KerasOrder.Reversed), new("bias", "pointwise.bias", If: UseBias)], Defaults = KerasDefault.Null("activity_regularizer", "depthwise_constraint", "pointwise_constraint", "bias_constraint") };

    public override bool TakesNormalization => true;

    public override KernelKeys? KernelKeys => Kernel;

    public override Key<string>? ActivationKey => Activation;

    public override Key<bool>? BiasKey => UseBias;

    public override IReadOnlyList<(Key<TypedSettings> Key, string Tensor)> RegularizerKeys { get; } = [(DepthwiseRegularizer, "depthwise.weight"), (PointwiseRegularizer, "pointwise.weight"), (BiasRegularizer, "pointwise.bias")];

    public override bool Check(LayerSpec layer, ValueReader reader) =>
        ConvolutionRules.CheckStrides(layer, Kernel, reader) & Regularizers.CheckBias(layer, BiasRegularizer, UseBias, reader);

    public override ShapeResult Infer(LayerSpec layer, Shape input) =>
        input.IsImage ? ConvolutionRules.Output(layer, Kernel, input, layer.Get(Filters)) : ShapeRules.NeedsImage(layer, input);

    public override LayerCounts Count(Settings settings, Shape input, Shape output)
    {
        var size = settings.Get(Table, Kernel.Size);
        var between = checked(input.Channels * settings.Get(Table, DepthMultiplier));
        return LayerCounts.OfWeights(
            checked(((long)size.Height * size.Width * between) + (between * output.Channels)), settings.Get(Table, UseBias) ? output.Channels : 0, output);
    }

    public override EquatableArray<long> WeightShape(PlannedLayer layer, string tensor)
    {
        var between = layer.Input.Channels * layer.Get(DepthMultiplier);
        return tensor == "pointwise.weight" ? [layer.Output.Channels, between, 1, 1] : ConvolutionRules.WeightShape(layer, Kernel, between, 1);
    }

    public override string Label(Settings settings) => ConvolutionRules.Label(Table, settings, Kernel, Activation)
        + (settings.Get(Table, DepthMultiplier) == 1 ? string.Empty : $" multiplier {settings.Get(Table, DepthMultiplier)}");

    public override string? MemberType => "FashionCnn.Models.SeparableConvolution";

    public override string Creation(PlannedLayer layer) =>
        $"CreateSeparableConv2D(channels: {layer.Input.Channels}, multiplier: {layer.Get(DepthMultiplier)}, filters: {layer.Get(Filters)}, {ConvolutionRules.Arguments(layer, Kernel)}"
        + (layer.Get(UseBias) ? string.Empty : ", bias: false")
        + Initializers.Argument("depthwiseInitializer", layer.Get(DepthwiseInitializer), Initializers.GlorotUniform)
        + Initializers.Argument("pointwiseInitializer", layer.Get(PointwiseInitializer), Initializers.GlorotUniform)
        + Initializers.Argument("biasInitializer", layer.Get(BiasInitializer), Initializers.Zeros)
        + ")";

    public override string Forward(PlannedLayer layer, string x) =>
        Activations.OverwriteWith(layer.Get(Activation), ConvolutionRules.Forward(layer, Kernel, "separable_conv2d", "depthwise_fp32", x));

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var between = layer.Input.Channels * layer.Get(DepthMultiplier);
        OnnxValue[] bias = layer.Get(UseBias) ? [OnnxValue.Weight("pointwise.bias", layer.Output.Channels)] : [];
        return Activations.Onnx(layer.Get(Activation), ConvolutionRules.Onnx(layer, Kernel, x, "depthwise.weight", null, between, layer.Input.Channels)
            .To(OnnxOperator.Conv, [OnnxValue.Weight("pointwise.weight", layer.Output.Channels, between, 1, 1), .. bias]));
    }

    public override string? PyTorchModule(PlannedLayer layer)
    {
        var between = layer.Input.Channels * layer.Get(DepthMultiplier);
        var depthwise = ConvolutionRules.PyTorchModule(layer, Kernel, layer.Input.Channels, between, layer.Input.Channels, hasBias: false);
        return $"nn.Sequential(OrderedDict(depthwise={depthwise}, pointwise=nn.Conv2d({between}, {layer.Output.Channels}, 1{Python.Bias(layer.Get(UseBias))})))";
    }

    public override string PyTorch(PlannedLayer layer, string x) => Activations.PyTorch(layer.Get(Activation), $"{Python.Member(layer.Name)}({ConvolutionRules.PyTorchInput(layer, Kernel, x)})");
}
