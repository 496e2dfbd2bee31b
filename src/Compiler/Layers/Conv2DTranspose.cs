using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class Conv2DTranspose : LayerKind
{
    private static readonly Key<int> Filters = CommonKeys.Filters();
    private static readonly KernelKeys Kernel = new(
        CommonKeys.KernelSize(),
        new SizeKey("strides", CommonKeys.MaxSize, "pixels of the output from one pixel of the input to the next").Or(Size.One),
        CommonKeys.DilationRate(),
        new ChoiceKey("padding", CommonKeys.PaddingModes, "\"valid\" for all that the kernel reaches, \"same\" for an image that is larger by the strides").Or("valid"));
    private static readonly Key<Size> OutputPadding = new SizeKey("output_padding", CommonKeys.MaxSize, "rows and columns that the output has at the bottom and right, beyond the smallest that the strides allow; less than the strides", minimum: 0).OrElse("as many as padding says");
    private static readonly Key<bool> UseBias = CommonKeys.UseBias();
    private static readonly Key<string> Activation = CommonKeys.Activation();
    private static readonly Key<TypedSettings> KernelInitializer = CommonKeys.Initializer("kernel_initializer", Initializers.GlorotUniform, "initial values of the kernel");
    private static readonly Key<TypedSettings> BiasInitializer = CommonKeys.BiasInitializer();
    private static readonly Key<TypedSettings> KernelRegularizer = CommonKeys.Regularizer("kernel_regularizer", "kernel");
    private static readonly Key<TypedSettings> BiasRegularizer = CommonKeys.Regularizer("bias_regularizer", "bias");

    public override string Type => "Conv2DTranspose";

    public override IReadOnlyList<string> OtherNames => ["ConvTranspose2d", "Convolution2DTranspose", "Deconvolution2D"];

    public override string NamePrefix => "conv_transpose";

    public override string Summary => "Transposed convolution of an image, which makes it larger: each pixel, times the kernel, is added to the output, at places that lie the strides apart.";

    public override LayerFamily Family => LayerFamily.Convolution;

    public override KeyTable Table { get; } = new(
        Filters, Kernel.Size, Kernel.Strides, Kernel.Padding, OutputPadding, Kernel.Dilation, UseBias, Activation, KernelInitializer, BiasInitializer, KernelRegularizer, BiasRegularizer, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, Tensors = [new("kernel", "weight", KerasOrder.Reversed), new("bias", "bias", If: UseBias)], Defaults = KerasDefault.Null("activity_regularizer", "kernel_constraint", "bias_constraint") };

    public override Key<string>? ActivationKey => Activation;

    public override Key<bool>? BiasKey => UseBias;

    public override IReadOnlyList<(Key<TypedSettings> Key, string Tensor)> RegularizerKeys { get; } = [(KernelRegularizer, "weight"), (BiasRegularizer, "bias")];

    public override bool Check(LayerSpec layer, ValueReader reader) =>
        ConvolutionRules.CheckStrides(layer, Kernel, reader) & CheckOutputPadding(layer, reader) & Regularizers.CheckBias(layer, BiasRegularizer, UseBias, reader);

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        if (!input.IsImage)
        {
            return ShapeRules.NeedsImage(layer, input);
        }

        var (height, width) = Windows(layer.Settings);
        var output = Shape.Image(height.Output(input.Height), width.Output(input.Width), layer.Get(Filters));
        if (output is { Height: > 0, Width: > 0 })
        {
            return output;
        }

        var (axis, formula) = output.Height <= 0 ? ("height", height.Formula(input.Height)) : ("width", width.Formula(input.Width));
        return new ShapeError(Descriptors.WindowDoesNotFit, layer.SpanOf(OutputPadding), ["kernel", layer.Get(Kernel.Size).ToString(), input.ToString(), axis, formula], []);
    }

    public override LayerCounts Count(Settings settings, Shape input, Shape output)
    {
        var size = settings.Get(Table, Kernel.Size);
        var weights = checked((long)size.Height * size.Width * input.Channels * output.Channels);
        // Each weight meets every pixel of the input, which is the smaller image.
        return checked(new LayerCounts(weights + (settings.Get(Table, UseBias) ? output.Channels : 0), 0, weights * input.Height * input.Width));
    }

    public override EquatableArray<long> WeightShape(PlannedLayer layer, string tensor) => ConvolutionRules.WeightShape(layer, Kernel, layer.Input.Channels, layer.Output.Channels);

    public override string Label(Settings settings) => ConvolutionRules.Label(Table, settings, Kernel, Activation)
        + (settings.Find(Table, OutputPadding) is Size padding ? $" output padding {padding}" : string.Empty);

    public override string? MemberType => "TorchSharp.Modules.ConvTranspose2d";

    public override string Creation(PlannedLayer layer)
    {
        var (rows, columns) = Axes(layer);
        return $"CreateConv2DTranspose(channels: {layer.Input.Channels}, filters: {layer.Get(Filters)}, kernel: {ConvolutionRules.Pair(layer.Get(Kernel.Size))}"
            + (layer.Get(Kernel.Strides) == Size.One ? string.Empty : $", stride: {ConvolutionRules.Pair(layer.Get(Kernel.Strides))}")
            + ((rows.Padding, columns.Padding) == (0, 0) ? string.Empty : $", padding: ({rows.Padding}, {columns.Padding})")
            + ((rows.OutputPadding, columns.OutputPadding) == (0, 0) ? string.Empty : $", output_padding: ({rows.OutputPadding}, {columns.OutputPadding})")
            + (layer.Get(Kernel.Dilation) == Size.One ? string.Empty : $", dilation: {ConvolutionRules.Pair(layer.Get(Kernel.Dilation))}")
            + (layer.Get(UseBias) ? string.Empty : ", bias: false")
            + Initializers.Argument("kernelInitializer", layer.Get(KernelInitializer), Initializers.GlorotUniform)
            + Initializers.Argument("biasInitializer", layer.Get(BiasInitializer), Initializers.Zeros)
            + ")";
    }

    public override string Forward(PlannedLayer layer, string x)
    {
        var (rows, columns) = Axes(layer);
        var (height, width) = Windows(layer.Settings);
        var isFp32 = height.Misses(layer.Input.Height) || width.Misses(layer.Input.Width);
        var isChannelsFirst = ConvolutionCall.StridesOverFewChannels(layer.Get(Kernel.Size), layer.Get(Kernel.Strides), layer.Get(Filters));
        return Activations.OverwriteWith(
            layer.Get(Activation),
            $"conv_transpose2d({layer.Member}, {(isChannelsFirst ? $"channels_first({x})" : x)}"
            + ((rows.Cropped, columns.Cropped) == (0, 0) ? string.Empty : $", bottom: {rows.Cropped}, right: {columns.Cropped}")
            + (isFp32 ? ", fp32: true)" : ")"));
    }

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var (rows, columns) = Axes(layer);
        var (size, strides, dilation) = (layer.Get(Kernel.Size), layer.Get(Kernel.Strides), layer.Get(Kernel.Dilation));
        OnnxValue[] bias = layer.Get(UseBias) ? [OnnxValue.Weight("bias", layer.Output.Channels)] : [];
        var whole = x.To(OnnxOperator.ConvTranspose, [OnnxValue.Weight("weight", layer.Input.Channels, layer.Output.Channels, size.Height, size.Width), .. bias])
            .With("kernel_shape", size.Height, size.Width)
            .With("strides", strides.Height, strides.Width)
            .With("pads", rows.Padding, columns.Padding, rows.Padding, columns.Padding)
            .With("output_padding", rows.OutputPadding, columns.OutputPadding)
            .With("dilations", dilation.Height, dilation.Width);
        var computed = Shape.Image(layer.Output.Height + rows.Cropped, layer.Output.Width + columns.Cropped, layer.Output.Channels);
        return Activations.Onnx(layer.Get(Activation), whole.Cropped(computed, 0, rows.Cropped, 0, columns.Cropped));
    }

    public override string? PyTorchModule(PlannedLayer layer)
    {
        var (rows, columns) = Axes(layer);
        return $"nn.ConvTranspose2d({layer.Input.Channels}, {layer.Output.Channels}, {PyTorchShapes.Pair(layer.Get(Kernel.Size))}"
            + PyTorchShapes.Argument("stride", layer.Get(Kernel.Strides), 1)
            + ((rows.Padding, columns.Padding) == (0, 0) ? string.Empty : $", padding={Python.Pair(rows.Padding, columns.Padding)}")
            + ((rows.OutputPadding, columns.OutputPadding) == (0, 0) ? string.Empty : $", output_padding={Python.Pair(rows.OutputPadding, columns.OutputPadding)}")
            + PyTorchShapes.Argument("dilation", layer.Get(Kernel.Dilation), 1)
            + Python.Bias(layer.Get(UseBias))
            + ")";
    }

    public override string PyTorch(PlannedLayer layer, string x)
    {
        var (rows, columns) = Axes(layer);
        var computed = Shape.Image(layer.Output.Height + rows.Cropped, layer.Output.Width + columns.Cropped, layer.Output.Channels);
        return Activations.PyTorch(layer.Get(Activation), PyTorchShapes.Crop($"{Python.Member(layer.Name)}({x})", computed, 0, rows.Cropped, 0, columns.Cropped));
    }

    // With more than that, Torch and Keras say, the input had another size.
    private static bool CheckOutputPadding(LayerSpec layer, ValueReader reader)
    {
        if (!layer.IsComplete || layer.Find(OutputPadding) is not Size padding || layer.Get(Kernel.Strides) is var strides && padding.Height < strides.Height && padding.Width < strides.Width)
        {
            return true;
        }

        reader.Report(Descriptors.Conflict, layer.SpanOf(OutputPadding), $"\"output_padding\" must be less than \"strides\", {strides}, but is {padding}");
        return false;
    }

    private (TransposedAxis Rows, TransposedAxis Columns) Axes(PlannedLayer layer)
    {
        var (height, width) = Windows(layer.Settings);
        return (height.Axis(layer.Input.Height), width.Axis(layer.Input.Width));
    }

    private (TransposedWindow Height, TransposedWindow Width) Windows(Settings settings) => TransposedWindow.Of(
        settings.Get(Table, Kernel.Size), settings.Get(Table, Kernel.Strides), settings.Get(Table, Kernel.Dilation), settings.Get(Table, Kernel.Padding) == "same",
        settings.Find(Table, OutputPadding) is Size padding ? padding : null);
}
