using FashionCnn.Generator.Shapes;
using FashionCnn.Generator.Specs;

namespace FashionCnn.Generator.Layers;

internal sealed class Conv2D : LayerKind
{
    private static readonly Key<int> Filters = new IntegerKey("filters", 1, CommonKeys.MaxFilters, "channels of the output").Required();
    private static readonly Key<Size> KernelSize = CommonKeys.KernelSize();
    private static readonly Key<Size> Strides = CommonKeys.Strides();
    private static readonly Key<string> Padding = CommonKeys.Padding();
    private static readonly Key<Size> DilationRate = CommonKeys.DilationRate();
    private static readonly Key<int> Groups = new IntegerKey("groups", 1, CommonKeys.MaxFilters, "parts into which the channels are split, each convolved on its own").Or(1);
    private static readonly Key<bool> UseBias = CommonKeys.UseBias();
    private static readonly Key<string> Activation = CommonKeys.Activation();
    private static readonly Key<string> KernelInitializer = CommonKeys.Initializer("kernel_initializer", Initializers.GlorotUniform, "how the kernel starts");
    private static readonly Key<string> BiasInitializer = CommonKeys.Initializer("bias_initializer", Initializers.Zeros, "how the bias starts");

    public override string Type => "Conv2D";

    public override string NamePrefix => "conv";

    public override string Summary => "Convolution of an image.";

    public override KeyTable Table { get; } =
        new(Filters, KernelSize, Strides, Padding, DilationRate, Groups, UseBias, Activation, KernelInitializer, BiasInitializer);

    public override bool Check(LayerSpec layer, ValueReader reader) =>
        !layer.IsComplete || ConvolutionRules.CheckStrides(layer, Strides, DilationRate, reader);

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

        return ConvolutionRules.Output(layer, "kernel", KernelSize, Strides, DilationRate, Padding, input, filters);
    }

    public override LayerCounts Count(Settings settings, Shape input, Shape output) => checked(ConvolutionRules.Count(
        output,
        weights: (long)settings.Get(Table, KernelSize).Height * settings.Get(Table, KernelSize).Width * (input.Channels / settings.Get(Table, Groups)) * output.Channels,
        settings.Get(Table, UseBias)));

    public override string Label(Settings settings) => ConvolutionRules.Label(Table, settings, KernelSize, Strides, Padding, DilationRate, Activation)
        + (settings.Get(Table, Groups) == 1 ? string.Empty : $" groups {settings.Get(Table, Groups)}");

    public override LayerMember? Member(PlannedLayer layer)
    {
        var groups = layer.Get(Groups);
        var window = ConvolutionRules.Arguments(layer, KernelSize, Strides, DilationRate, Padding);
        return new LayerMember(
            "TorchSharp.Modules.Conv2d",
            $"CreateConv2D(channels: {layer.Input.Channels}, filters: {layer.Get(Filters)}, {window}"
            + (groups == 1 ? string.Empty : $", groups: {groups}")
            + (layer.Get(UseBias) ? string.Empty : ", bias: false")
            + Initializers.Argument("kernelInitializer", layer.Get(KernelInitializer), Initializers.GlorotUniform)
            + Initializers.Argument("biasInitializer", layer.Get(BiasInitializer), Initializers.Zeros)
            + ")");
    }

    public override string Forward(PlannedLayer layer, string x) => Activations.OverwriteWith(
        layer.Get(Activation),
        $"conv2d({layer.Member}, {ConvolutionRules.Padded(layer, KernelSize, Strides, DilationRate, Padding, x)})");
}
