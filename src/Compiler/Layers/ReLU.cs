using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class ReLU : LayerKind
{
    private static readonly Key<double> MaxValue = new NumberKey("max_value", NumberRange.ZeroOrMore, "the largest value of the output");
    private static readonly Key<double> NegativeSlope = new NumberKey("negative_slope", NumberRange.ZeroOrMore, "the factor of what lies below the threshold").Or(0).Added();
    private static readonly Key<double> Threshold = new NumberKey("threshold", NumberRange.ZeroOrMore, "above it, values stay as they are").Or(0).Added();

    public override string Type => "ReLU";

    public override string NamePrefix => "relu";

    public override string Summary => "x above the threshold, but at most max_value; negative_slope · (x - threshold) elsewhere. Without keys: max(x, 0).";

    public override LayerFamily Family => LayerFamily.Activation;

    public override KeyTable Table { get; } = new(MaxValue, NegativeSlope, Threshold);

    public override KerasForm Keras { get; } = new() { IsBuiltAtOnce = true };

    public override string LastActivation(Settings settings) => "relu";

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings)
    {
        var parts = new List<string>();
        if (settings.Find(Table, MaxValue) is double maximum)
        {
            parts.Add($"up to {Text.Number(maximum)}");
        }

        if (settings.Get(Table, NegativeSlope) is var slope and not 0)
        {
            parts.Add($"slope {Text.Number(slope)}");
        }

        if (settings.Get(Table, Threshold) is var threshold and not 0)
        {
            parts.Add($"threshold {Text.Number(threshold)}");
        }

        return string.Join(" ", parts);
    }

    public override string Forward(PlannedLayer layer, string x)
    {
        var maximum = layer.Settings.Find(Table, MaxValue) as double?;
        return (maximum, layer.Get(NegativeSlope), layer.Get(Threshold)) switch
        {
            (null, 0, 0) => $"relu({x})",
            (6, 0, 0) => $"relu6({x})",
            (null, var slope, 0) => $"leaky_relu({x}, {Text.Number(slope)})",
            var (_, slope, threshold) => $"relu({x}, threshold: {Text.Number(threshold)}, negative_slope: {Text.Number(slope)}"
                + (maximum is { } value ? $", max_value: {Text.Number(value)})" : ")"),
        };
    }

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var (slope, threshold) = (layer.Get(NegativeSlope), layer.Get(Threshold));
        var above = threshold == 0 ? x.To(OnnxOperator.Relu) : x.To(OnnxOperator.ThresholdedRelu).WithNumber("alpha", threshold);
        OnnxValue limited = layer.Settings.Find(Table, MaxValue) is double maximum ? above.To(OnnxOperator.Min, maximum) : above;
        return slope == 0 ? limited
            : limited.To(OnnxOperator.Sub, ((OnnxValue)threshold).To(OnnxOperator.Sub, x).To(OnnxOperator.Relu).To(OnnxOperator.Mul, slope));
    }

    public override string PyTorch(PlannedLayer layer, string x)
    {
        var maximum = layer.Settings.Find(Table, MaxValue) as double?;
        return (maximum, layer.Get(NegativeSlope), layer.Get(Threshold)) switch
        {
            (null, 0, 0) => $"F.relu({x})",
            (6, 0, 0) => $"F.relu6({x})",
            (null, var slope, 0) => $"F.leaky_relu({x}, {Text.Number(slope)})",
            var (_, slope, threshold) => $"torch.where({x} > {Text.Number(threshold)}, {(maximum is { } value ? $"{x}.clamp(max={Text.Number(value)})" : x)}, {Text.Number(slope)} * ({x} - {Text.Number(threshold)}))",
        };
    }
}
