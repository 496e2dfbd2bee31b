using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class GroupNormalization : LayerKind
{
    private static readonly Key<int> Groups = new IntegerKey("groups", 1, CommonKeys.MaxFilters, "groups of channels that are normalized together").Or(32);
    private static readonly Key<double> Epsilon = new NumberKey("epsilon", NumberRange.AboveZero, "added to the variance").Or(0.001);

    public override string Type => "GroupNormalization";

    public override IReadOnlyList<string> OtherNames => ["GroupNorm"];

    public override string NamePrefix => "group_norm";

    public override string Summary => "Brings each group of channels of an image to mean 0 and variance 1, then scales and shifts each channel.";

    public override LayerFamily Family => LayerFamily.Normalization;

    public override KeyTable Table { get; } = new(Groups, Epsilon, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new()
    {
        Tensors = [new("gamma", "weight"), new("beta", "bias")],
        Defaults = [new("axis", "-1"), new("center", "true"), new("scale", "true"), .. KerasDefault.OfScaleAndShift],
    };

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        if (!input.IsImage)
        {
            return ShapeRules.NeedsImage(layer, input);
        }

        var groups = layer.Get(Groups);
        return input.Channels % groups == 0
            ? input
            : ShapeRules.GroupsDoNotDivide(layer, Groups, "channels of the input", groups, input.Channels);
    }

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override LayerCounts Count(Settings settings, Shape input, Shape output) => checked(new LayerCounts(2 * input.Channels, 0, 0));

    public override string Label(Settings settings) => $"groups {settings.Get(Table, Groups)}";

    public override string? MemberType => "TorchSharp.Modules.GroupNorm";

    public override string Creation(PlannedLayer layer) =>
        $"CreateGroupNormalization(groups: {layer.Get(Groups)}, channels: {layer.Input.Channels}, epsilon: {Text.Number(layer.Get(Epsilon))})";

    public override string Forward(PlannedLayer layer, string x) => $"group_norm({layer.Member}, {x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var (shape, groups) = (layer.Input, layer.Get(Groups));
        return x.To(OnnxOperator.Reshape, OnnxValue.Integers(0, groups, -1))
            .To(OnnxOperator.InstanceNormalization, OnnxValue.Filled(1, groups), OnnxValue.Filled(0, groups)).WithNumber("epsilon", layer.Get(Epsilon))
            .To(OnnxOperator.Reshape, OnnxValue.Integers(0, shape.Channels, shape.Height, shape.Width))
            .To(OnnxOperator.Mul, OnnxValue.OfChannels("weight", shape))
            .To(OnnxOperator.Add, OnnxValue.OfChannels("bias", shape));
    }

    public override string? PyTorchModule(PlannedLayer layer) => $"nn.GroupNorm({layer.Get(Groups)}, {layer.Input.Channels}, eps={Text.Number(layer.Get(Epsilon))})";

    public override string PyTorch(PlannedLayer layer, string x) => $"{Python.Member(layer.Name)}({x})";
}
