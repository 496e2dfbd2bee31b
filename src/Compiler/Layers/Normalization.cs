using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class Normalization : LayerKind
{
    private static readonly Key<EquatableArray<double>> Mean = new NumberListKey("mean", NumberRange.Any, "the mean of each channel").OrElse("a weight that training does not change, 0 at first");
    private static readonly Key<EquatableArray<double>> Variance = new NumberListKey("variance", NumberRange.ZeroOrMore, "the variance of each channel").OrElse("a weight that training does not change, 1 at first");

    // Keras's, and the operation's.
    private const double SmallestDeviation = 1e-7;

    public override string Type => "Normalization";

    public override string NamePrefix => "normalization";

    public override string Summary => "(x - mean) / √variance for each channel of an image or value of a vector; a standard deviation below 1e-7 counts as 1e-7. Mean and variance are constants if given, else weights, which come from a file.";

    public override LayerFamily Family => LayerFamily.Normalization;

    public override KeyTable Table { get; } = new(Mean, Variance);

    public override KerasForm Keras { get; } = new()
    {
        Tensors = [new("mean", "mean", Unless: Mean, IsBuffer: true), new("variance", "variance", Unless: Mean, IsBuffer: true), new("count", "count", KerasOrder.Count, Unless: Mean, IsBuffer: true)],
        Defaults = [new("axis", "[-1]"), new("invert", "false")],
        Pixels = PixelRole.Normalizes,
    };

    public override bool Check(LayerSpec layer, ValueReader reader)
    {
        if (!layer.IsComplete || layer.Find(Mean) is null == layer.Find(Variance) is null)
        {
            return true;
        }

        var (given, missing) = layer.Find(Mean) is null ? (Variance, Mean) : (Mean, Variance);
        reader.Report(Descriptors.Conflict, layer.SpanOf(given), $"\"{given.Name}\" needs \"{missing.Name}\" beside it: give both or neither");
        return false;
    }

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        foreach (var key in new[] { Mean, Variance })
        {
            if (layer.Find(key) is EquatableArray<double> numbers && numbers.Count != input.Channels)
            {
                var what = input.IsImage ? $"channel of the {input} input" : "value of the input vector";
                return new ShapeError(Descriptors.WrongLength, layer.SpanOf(key), [$"\"{key.Name}\"", $"{Text.Plural(input.Channels, "number")}, one for each {what}", Text.Plural(numbers.Count, "value")], []);
            }
        }

        return input;
    }

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override LayerCounts Count(Settings settings, Shape input, Shape output)
    {
        var weights = IsConstant(settings) ? 0 : checked((2 * input.Channels) + 1);
        return new LayerCounts(weights, weights, 0);
    }

    public override string Label(Settings settings) => IsConstant(settings) ? "constant" : string.Empty;

    public override string? MemberType => "FashionCnn.Models.Normalization";

    public override bool HasMember(Settings settings) => !IsConstant(settings);

    public override string Creation(PlannedLayer layer) => $"CreateNormalization(channels: {layer.Input.Channels})";

    public override string Forward(PlannedLayer layer, string x) => IsConstant(layer.Settings)
        ? $"normalize({x}, mean: {Numbers(layer.Get(Mean))}, variance: {Numbers(layer.Get(Variance))})"
        : $"normalize({layer.Member}, {x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var (mean, variance) = IsConstant(layer.Settings)
            ? (OnnxValue.OfChannels(layer.Get(Mean), layer.Input), OnnxValue.OfChannels(layer.Get(Variance), layer.Input))
            : (OnnxValue.OfChannels("mean", layer.Input), OnnxValue.OfChannels("variance", layer.Input));
        return x.To(OnnxOperator.Sub, mean).To(OnnxOperator.Div, variance.To(OnnxOperator.Sqrt).To(OnnxOperator.Max, SmallestDeviation));
    }

    public override string? PyTorchModule(PlannedLayer layer) => IsConstant(layer.Settings) ? null
        : $"nn.ParameterDict(dict(mean=nn.Parameter(torch.zeros({layer.Input.Channels})), variance=nn.Parameter(torch.ones({layer.Input.Channels})), count=nn.Parameter(torch.zeros(1)))).requires_grad_(False)";

    public override string PyTorch(PlannedLayer layer, string x)
    {
        var (mean, variance) = IsConstant(layer.Settings)
            ? ($"{x}.new_tensor({Python.List(layer.Get(Mean))})", $"{x}.new_tensor({Python.List(layer.Get(Variance))})")
            : ($"{Python.Member(layer.Name)}[\"mean\"]", $"{Python.Member(layer.Name)}[\"variance\"]");
        return $"({x} - {PyTorchShapes.OfChannels(mean, layer.Input)}) / {PyTorchShapes.OfChannels($"{variance}.sqrt().clamp(min={Text.Number(SmallestDeviation)})", layer.Input)}";
    }

    private bool IsConstant(Settings settings) => settings.Find(Table, Mean) is not null;

    private static string Numbers(EquatableArray<double> numbers) => $"new double[] {{ {string.Join(", ", numbers.Select(Text.Number))} }}";
}
