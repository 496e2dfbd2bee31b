using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class Conv2D : LayerKind
{
    private static readonly Key<int> Filters = CommonKeys.Filters();
    private static readonly KernelKeys Kernel = KernelKeys.Create();
    private static readonly Key<int> Groups = new IntegerKey("groups", 1, CommonKeys.MaxFilters, "parts into which the channels are split, each convolved on its own").Or(1);
    private static readonly Key<bool> UseBias = CommonKeys.UseBias();
    private static readonly Key<string> Activation = CommonKeys.Activation();
    private static readonly Key<TypedSettings> KernelInitializer = CommonKeys.Initializer("kernel_initializer", Initializers.GlorotUniform, "initial values of the kernel");
    private static readonly Key<TypedSettings> BiasInitializer = CommonKeys.BiasInitializer();
    private static readonly Key<TypedSettings> KernelRegularizer = CommonKeys.Regularizer("kernel_regularizer", "kernel");
    private static readonly Key<TypedSettings> BiasRegularizer = CommonKeys.Regularizer("bias_regularizer", "bias");

    public override string Type => "Conv2D";

    public override IReadOnlyList<string> OtherNames => ["Convolution2D"];

    public override string NamePrefix => "conv";

    public override string Summary => "Convolution of an image.";

    public override LayerFamily Family => LayerFamily.Convolution;

    public override KeyTable Table { get; } =
        new(Filters, Kernel.Size, Kernel.Strides, Kernel.Padding, Kernel.Dilation, Groups, UseBias, Activation, KernelInitializer, BiasInitializer, KernelRegularizer, BiasRegularizer, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, Tensors = [new("kernel", "weight", KerasOrder.Reversed), new("bias", "bias", If: UseBias)], Defaults = KerasDefault.Null("activity_regularizer", "kernel_constraint", "bias_constraint") };

    public override bool TakesNormalization => true;

    public override KernelKeys? KernelKeys => Kernel;

    public override Key<string>? ActivationKey => Activation;

    public override Key<bool>? BiasKey => UseBias;

    public override IReadOnlyList<(Key<TypedSettings> Key, string Tensor)> RegularizerKeys { get; } = [(KernelRegularizer, "weight"), (BiasRegularizer, "bias")];

    public override bool Check(LayerSpec layer, ValueReader reader) =>
        ConvolutionRules.CheckStrides(layer, Kernel, reader) & Regularizers.CheckBias(layer, BiasRegularizer, UseBias, reader);

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        if (!input.IsImage)
        {
            return ShapeRules.NeedsImage(layer, input);
        }

        var filters = layer.Get(Filters);
        var groups = layer.Get(Groups);
        if (input.Channels % groups != 0)
        {
            return ShapeRules.GroupsDoNotDivide(layer, Groups, "channels of the input", groups, input.Channels);
        }

        if (filters % groups != 0)
        {
            return ShapeRules.GroupsDoNotDivide(layer, Groups, "\"filters\"", groups, filters);
        }

        return ConvolutionRules.Output(layer, Kernel, input, filters);
    }

    public override LayerCounts Count(Settings settings, Shape input, Shape output)
    {
        var size = settings.Get(Table, Kernel.Size);
        var weights = checked((long)size.Height * size.Width * (input.Channels / settings.Get(Table, Groups)) * output.Channels);
        return LayerCounts.OfWeights(weights, settings.Get(Table, UseBias) ? output.Channels : 0, output);
    }

    public override EquatableArray<long> WeightShape(PlannedLayer layer, string tensor) =>
        ConvolutionRules.WeightShape(layer, Kernel, layer.Output.Channels, layer.Input.Channels / layer.Get(Groups));

    public override string Label(Settings settings) => ConvolutionRules.Label(Table, settings, Kernel, Activation)
        + (settings.Get(Table, Groups) == 1 ? string.Empty : $" groups {settings.Get(Table, Groups)}");

    public override string? MemberType => "TorchSharp.Modules.Conv2d";

    public override string Creation(PlannedLayer layer)
    {
        var groups = layer.Get(Groups);
        return $"CreateConv2D(channels: {layer.Input.Channels}, filters: {layer.Get(Filters)}, {ConvolutionRules.Arguments(layer, Kernel)}"
            + (groups == 1 ? string.Empty : $", groups: {groups}")
            + (layer.Get(UseBias) ? string.Empty : ", bias: false")
            + Initializers.Argument("kernelInitializer", layer.Get(KernelInitializer), Initializers.GlorotUniform)
            + Initializers.Argument("biasInitializer", layer.Get(BiasInitializer), Initializers.Zeros)
            + ")";
    }

    public override string Forward(PlannedLayer layer, string x) =>
        Activations.OverwriteWith(layer.Get(Activation), ConvolutionRules.Forward(layer, Kernel, "conv2d", "fp32", x));

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => Activations.Onnx(
        layer.Get(Activation), ConvolutionRules.Onnx(layer, Kernel, x, "weight", layer.Get(UseBias) ? "bias" : null, layer.Output.Channels, layer.Get(Groups)));

    public override string? PyTorchModule(PlannedLayer layer) => ConvolutionRules.PyTorchModule(layer, Kernel, layer.Input.Channels, layer.Output.Channels, layer.Get(Groups), layer.Get(UseBias));

    public override string PyTorch(PlannedLayer layer, string x) => Activations.PyTorch(layer.Get(Activation), $"{Python.Member(layer.Name)}({ConvolutionRules.PyTorchInput(layer, Kernel, x)})");
}
