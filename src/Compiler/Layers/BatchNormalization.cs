using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class BatchNormalization : LayerKind
{
    private static readonly Key<double> Momentum = new NumberKey("momentum", new NumberRange(0, 1, ExcludesMaximum: true), "the share of the moving mean and variance that stays at each step").Or(0.99);
    private static readonly Key<double> Epsilon = new NumberKey("epsilon", NumberRange.AboveZero, "added to the variance").Or(0.001);
    private static readonly Key<bool> Center = new BooleanKey("center", "adds a trained value to each channel").Or(true);
    private static readonly Key<bool> Scale = new BooleanKey("scale", "multiplies each channel by a trained value").Or(true);

    public override string Type => "BatchNormalization";

    public override IReadOnlyList<string> OtherNames => ["BatchNorm", "BatchNorm1d", "BatchNorm2d"];

    public override string NamePrefix => "batch_norm";

    public override string Summary => "Brings each channel of an image or vector to mean 0 and variance 1: over the batch in training, by moving averages in evaluation and, when frozen, in training too.";

    public override LayerFamily Family => LayerFamily.Normalization;

    public override KeyTable Table { get; } = new(Momentum, Epsilon, Center, Scale, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new()
    {
        Tensors = [new("gamma", "weight", If: Scale), new("beta", "bias", If: Center), new("moving_mean", "running_mean", IsBuffer: true), new("moving_variance", "running_var", IsBuffer: true)],
        TakesMask = true,
        Idle = ["renorm_clipping", "renorm_momentum"],
        Defaults =
        [
            new("axis", "-1"), .. KerasDefault.OfScaleAndShift,
            KerasDefault.Zeros("moving_mean_initializer"), KerasDefault.Ones("moving_variance_initializer"), new("synchronized", "false"),
        ],
    };

    public override bool CancelsBias => true;

    public override bool NormalizesChannels => true;

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override LayerCounts Count(Settings settings, Shape input, Shape output)
    {
        var trained = (settings.Get(Table, Center) ? 1 : 0) + (settings.Get(Table, Scale) ? 1 : 0);
        return checked(new LayerCounts((trained + 2) * input.Channels, 2 * input.Channels, 0));
    }

    public override double? MomentumOf(Settings settings) => settings.Get(Table, Momentum);

    public override string? MemberType => "FashionCnn.Models.BatchNormalization";

    public override string Creation(PlannedLayer layer) =>
        $"CreateBatchNormalization(channels: {layer.Input.Channels}, momentum: {Text.Number(layer.Get(Momentum))}, epsilon: {Text.Number(layer.Get(Epsilon))}"
        + (layer.Get(Center) ? string.Empty : ", center: false")
        + (layer.Get(Scale) ? string.Empty : ", scale: false")
        + ")";

    public override string Forward(PlannedLayer layer, string x) => $"batch_norm({layer.Member}, {x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x.To(
        OnnxOperator.BatchNormalization,
        layer.Get(Scale) ? OnnxValue.Weight("weight", layer.Input.Channels) : OnnxValue.Filled(1, layer.Input.Channels),
        layer.Get(Center) ? OnnxValue.Weight("bias", layer.Input.Channels) : OnnxValue.Filled(0, layer.Input.Channels),
        OnnxValue.Weight("running_mean", layer.Input.Channels),
        OnnxValue.Weight("running_var", layer.Input.Channels)).WithNumber("epsilon", layer.Get(Epsilon));

    public override string? PyTorchModule(PlannedLayer layer) => Python.Without(
        $"nn.BatchNorm{(layer.Input.IsImage ? 2 : 1)}d({layer.Input.Channels}, eps={Text.Number(layer.Get(Epsilon))}, momentum={Text.Number((double)(1 - (decimal)layer.Get(Momentum)))}",
        layer.Get(Scale),
        layer.Get(Center));

    // Frozen, it normalizes by the moving statistics in training, too.
    public override string PyTorch(PlannedLayer layer, string x)
    {
        var norm = Python.Member(layer.Name);
        return layer.IsFrozen
            ? $"F.batch_norm({x}, {norm}.running_mean, {norm}.running_var, {norm}.weight, {norm}.bias, eps={norm}.eps)"
            : $"{norm}({x})";
    }

    public override string ForwardAfterRelu(PlannedLayer layer, string x) => $"relu_batch_norm_({layer.Member}, {x})";
}
