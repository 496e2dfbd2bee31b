using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class PReLU : LayerKind
{
    private const int Channels = 3;

    private static readonly Key<EquatableArray<int>> SharedAxes = new AxesKey("shared_axes", Channels, "the axes of an image along which values share a factor: 1 the height, 2 the width, 3 the channels").Or([1, 2]);
    private static readonly Key<TypedSettings> AlphaInitializer = CommonKeys.Initializer("alpha_initializer", Initializers.Zeros, "initial factors");
    private static readonly Key<TypedSettings> AlphaRegularizer = CommonKeys.Regularizer("alpha_regularizer", "factors");

    public override string Type => "PReLU";

    public override string NamePrefix => "prelu";

    public override string Summary => "x where positive, a trained factor times x elsewhere. Each channel of an image has a factor, or what shared_axes says; each value of a vector has one.";

    public override LayerFamily Family => LayerFamily.Activation;

    public override KeyTable Table { get; } = new(SharedAxes, AlphaInitializer, AlphaRegularizer, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new() { Tensors = [new("alpha", "weight", KerasOrder.Image)], Defaults = KerasDefault.Null("alpha_constraint") };

    public override IReadOnlyList<(Key<TypedSettings> Key, string Tensor)> RegularizerKeys { get; } = [(AlphaRegularizer, "weight")];

    public override string LastActivation(Settings settings) => "prelu";

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input.IsImage || layer.SpanOf(SharedAxes) == layer.TypeSpan || layer.Get(SharedAxes).IsEmpty
        ? input
        : new ShapeError(Descriptors.NeedsImage, layer.SpanOf(SharedAxes), [$"\"{SharedAxes.Name}\"", Text.Plural(input.Channels, "value")], []);

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override LayerCounts Count(Settings settings, Shape input, Shape output) => new(Factors(settings, input).Count, 0, 0);

    public override EquatableArray<long> WeightShape(PlannedLayer layer, string tensor) =>
        Factors(layer.Settings, layer.Input) is { IsImage: true } factors ? [factors.Channels, factors.Height, factors.Width] : [Factors(layer.Settings, layer.Input).Channels];

    public override string Label(Settings settings) => settings.Get(Table, SharedAxes) is var axes && axes.Equals((EquatableArray<int>)SharedAxes.Default!) ? string.Empty : $"shared {SharedAxes.Format(axes)}";

    public override string? MemberType => "FashionCnn.Models.PReLU";

    public override string Creation(PlannedLayer layer)
    {
        var factors = Factors(layer.Settings, layer.Input);
        return (factors.IsImage ? $"CreatePReLU(channels: {factors.Channels}, height: {factors.Height}, width: {factors.Width}" : $"CreatePReLU(channels: {factors.Channels}")
            + Initializers.Argument("alphaInitializer", layer.Get(AlphaInitializer), Initializers.Zeros)
            + (layer.Input.IsImage && !factors.IsImage && layer.Get(AlphaInitializer) != Initializers.Zeros ? ", ofImages: true" : string.Empty)
            + ")";
    }

    public override string Forward(PlannedLayer layer, string x) => $"prelu({layer.Member}, {x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var factors = Factors(layer.Settings, layer.Input);
        return x.To(OnnxOperator.PRelu, factors.IsImage ? OnnxValue.Weight("weight", factors.Channels, factors.Height, factors.Width)
            : layer.Input.IsImage ? OnnxValue.Weight("weight", factors.Channels, 1, 1)
            : OnnxValue.Weight("weight", factors.Channels));
    }

    public override string? PyTorchModule(PlannedLayer layer)
    {
        var factors = Factors(layer.Settings, layer.Input);
        var shape = factors.IsImage ? $"{factors.Channels}, {factors.Height}, {factors.Width}" : $"{factors.Channels}";
        return $"nn.ParameterDict(dict(weight=nn.Parameter(torch.zeros({shape}))))";
    }

    public override string PyTorch(PlannedLayer layer, string x)
    {
        var weight = $"{Python.Member(layer.Name)}[\"weight\"]";
        return $"torch.where({x} > 0, {x}, {x} * {(Factors(layer.Settings, layer.Input).IsImage ? weight : PyTorchShapes.OfChannels(weight, layer.Input))})";
    }

    /// <summary>The shape of the factors; a vector where the pixels of an image share them.</summary>
    private Shape Factors(Settings settings, Shape input)
    {
        if (!input.IsImage)
        {
            return input;
        }

        var axes = settings.Get(Table, SharedAxes);
        var (height, width, channels) = (Size(1, input.Height), Size(2, input.Width), Size(Channels, input.Channels));
        return (height, width) == (1, 1) ? Shape.Vector(channels) : Shape.Image(height, width, channels);

        long Size(int axis, long size) => axes.Contains(axis) ? 1 : size;
    }
}
