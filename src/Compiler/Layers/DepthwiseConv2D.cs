using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class DepthwiseConv2D : LayerKind
{
    private static readonly KernelKeys Kernel = KernelKeys.Create();
    private static readonly Key<int> DepthMultiplier = CommonKeys.DepthMultiplier();
    private static readonly Key<bool> UseBias = CommonKeys.UseBias();
    private static readonly Key<string> Activation = CommonKeys.Activation();
    private static readonly Key<TypedSettings> DepthwiseInitializer = CommonKeys.Initializer("depthwise_initializer", Initializers.GlorotUniform, "initial values of the kernel");
    private static readonly Key<TypedSettings> BiasInitializer = CommonKeys.BiasInitializer();
    private static readonly Key<TypedSettings> DepthwiseRegularizer = CommonKeys.Regularizer("depthwise_regularizer", "kernel");
    private static readonly Key<TypedSettings> BiasRegularizer = CommonKeys.Regularizer("bias_regularizer", "bias");

    public override string Type => "DepthwiseConv2D";

    public override IReadOnlyList<string> OtherNames => ["DepthwiseConvolution2D"];

    public override string NamePrefix => "depthwise_conv";

    public override string Summary => "Convolution of each channel of an image on its own.";

    public override LayerFamily Family => LayerFamily.Convolution;

    public override KeyTable Table { get; } =
        new(Kernel.Size, Kernel.Strides, Kernel.Padding, Kernel.Dilation, DepthMultiplier, UseBias, Activation, DepthwiseInitializer, BiasInitializer, DepthwiseRegularizer, BiasRegularizer, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, Tensors = [new("kernel", "weight", KerasOrder.Depthwise), new("bias", "bias", If: UseBias)], Defaults = KerasDefault.Null("activity_regularizer", "depthwise_constraint", "bias_constraint") };

    public override bool TakesNormalization => true;

    public override KernelKeys? KernelKeys => Kernel;

    public override Key<string>? ActivationKey => Activation;

    public override Key<bool>? BiasKey => UseBias;

    public override IReadOnlyList<(Key<TypedSettings> Key, string Tensor)> RegularizerKeys { get; } = [(DepthwiseRegularizer, "weight"), (BiasRegularizer, "bias")];

    public override bool Check(LayerSpec layer, ValueReader reader) =>
        ConvolutionRules.CheckStrides(layer, Kernel, reader) & Regularizers.CheckBias(layer, BiasRegularizer, UseBias, reader);

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage
        ? ConvolutionRules.Output(layer, Kernel, input, checked(input.Channels * layer.Get(DepthMultiplier)))
        : ShapeRules.NeedsImage(layer, input);

    public override LayerCounts Count(Settings settings, Shape input, Shape output)
    {
        var size = settings.Get(Table, Kernel.Size);
        return LayerCounts.OfWeights(checked((long)size.Height * size.Width * output.Channels), settings.Get(Table, UseBias) ? output.Channels : 0, output);
    }

    public override EquatableArray<long> WeightShape(PlannedLayer layer, string tensor) => ConvolutionRules.WeightShape(layer, Kernel, layer.Output.Channels, 1);

    public override string Label(Settings settings) => ConvolutionRules.Label(Table, settings, Kernel, Activation)
        + (settings.Get(Table, DepthMultiplier) == 1 ? string.Empty : $" multiplier {settings.Get(Table, DepthMultiplier)}");

    public override string? MemberType => "TorchSharp.Modules.Conv2d";

    public override string Creation(PlannedLayer layer) =>
        $"CreateDepthwiseConv2D(channels: {layer.Input.Channels}, multiplier: {layer.Get(DepthMultiplier)}, {ConvolutionRules.Arguments(layer, Kernel)}"
        + (layer.Get(UseBias) ? string.Empty : ", bias: false")
        + Initializers.Argument("depthwiseInitializer", layer.Get(DepthwiseInitializer), Initializers.GlorotUniform)
        + Initializers.Argument("biasInitializer", layer.Get(BiasInitializer), Initializers.Zeros)
        + ")";

    public override string Forward(PlannedLayer layer, string x) =>
        Activations.OverwriteWith(layer.Get(Activation), ConvolutionRules.Forward(layer, Kernel, "conv2d", "fp32", x));

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => Activations.Onnx(
        layer.Get(Activation), ConvolutionRules.Onnx(layer, Kernel, x, "weight", layer.Get(UseBias) ? "bias" : null, layer.Output.Channels, layer.Input.Channels));

    public override string? PyTorchModule(PlannedLayer layer) => ConvolutionRules.PyTorchModule(layer, Kernel, layer.Input.Channels, layer.Output.Channels, layer.Input.Channels, layer.Get(UseBias));

    public override string PyTorch(PlannedLayer layer, string x) => Activations.PyTorch(layer.Get(Activation), $"{Python.Member(layer.Name)}({ConvolutionRules.PyTorchInput(layer, Kernel, x)})");
}
