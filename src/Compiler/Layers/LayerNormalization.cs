using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class LayerNormalization : LayerKind
{
    private static readonly Key<double> Epsilon = new NumberKey("epsilon", NumberRange.AboveZero, "added to the variance").Or(0.001);
    private static readonly Key<bool> Center = new BooleanKey("center", "adds a trained value to each channel").Or(true).Added();
    private static readonly Key<bool> Scale = new BooleanKey("scale", "multiplies each channel by a trained value").Or(true).Added();

    public override string Type => "LayerNormalization";

    public override IReadOnlyList<string> OtherNames => ["LayerNorm"];

    public override string NamePrefix => "layer_norm";

    public override string Summary => "Brings the channels of each pixel, or the values of each vector, to mean 0 and variance 1, then scales and shifts each channel.";

    public override LayerFamily Family => LayerFamily.Normalization;

    public override KeyTable Table { get; } = new(Epsilon, Center, Scale, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new()
    {
        Tensors = [new("gamma", "weight", If: Scale), new("beta", "bias", If: Center)],
        // Keras counts the axis as soon as it knows the rank.
        Defaults = [new("axis", "[3]", OfVectors: "[1]"), new("rms_scaling", "false"), .. KerasDefault.OfScaleAndShift],
    };

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override LayerCounts Count(Settings settings, Shape input, Shape output) =>
        checked(new LayerCounts(((settings.Get(Table, Center) ? 1 : 0) + (settings.Get(Table, Scale) ? 1 : 0)) * input.Channels, 0, 0));

    public override string? MemberType => "FashionCnn.Models.LayerNormalization";

    public override string Creation(PlannedLayer layer) =>
        $"CreateLayerNormalization(channels: {layer.Input.Channels}, epsilon: {Text.Number(layer.Get(Epsilon))}"
        + (layer.Get(Center) ? string.Empty : ", center: false")
        + (layer.Get(Scale) ? string.Empty : ", scale: false")
        + ")";

    public override string Forward(PlannedLayer layer, string x) => $"layer_norm({layer.Member}, {x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var channels = layer.Input.Channels;
        var scale = layer.Get(Scale) ? OnnxValue.Weight("weight", channels) : OnnxValue.Filled(1, channels);
        var bias = layer.Get(Center) ? OnnxValue.Weight("bias", channels) : OnnxValue.Filled(0, channels);
        // The operator normalizes over the last axis.
        return layer.Input.IsImage
            ? Normalized(x.To(OnnxOperator.Transpose).With("perm", 0, 2, 3, 1)).To(OnnxOperator.Transpose).With("perm", 0, 3, 1, 2)
            : Normalized(x);

        OnnxValue Normalized(OnnxValue values) => values.To(OnnxOperator.LayerNormalization, scale, bias).WithInteger("axis", -1).WithNumber("epsilon", layer.Get(Epsilon));
    }

    public override string? PyTorchModule(PlannedLayer layer) => Python.Without(
        $"nn.LayerNorm({layer.Input.Channels}, eps={Text.Number(layer.Get(Epsilon))}", layer.Get(Scale), layer.Get(Center));

    public override string PyTorch(PlannedLayer layer, string x) => PyTorchShapes.OnChannels(values => $"{Python.Member(layer.Name)}({values})", x, layer.Input);
}
