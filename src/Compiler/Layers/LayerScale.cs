using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class LayerScale : LayerKind
{
    private static readonly Key<double> InitValues = new NumberKey("init_values", NumberRange.Any, "what all factors start at").Or(1e-6);

    public override string Type => "LayerScale";

    public override string NamePrefix => "layer_scale";

    public override string Summary => "Multiplies each channel of an image or vector by a trained factor.";

    public override LayerFamily Family => LayerFamily.Normalization;

    public override KeyTable Table { get; } = new(InitValues, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new() { Tensors = [new("gamma", "weight")], Class = "keras.src.applications.convnext.LayerScale", Channels = "projection_dim" };

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override LayerCounts Count(Settings settings, Shape input, Shape output) => new(input.Channels, 0, 0);

    public override string? MemberType => "FashionCnn.Models.LayerScale";

    public override string Creation(PlannedLayer layer) => $"CreateLayerScale(channels: {layer.Input.Channels}, value: {Text.Number(layer.Get(InitValues))})";

    public override string Forward(PlannedLayer layer, string x) => $"layer_scale({layer.Member}, {x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x.To(OnnxOperator.Mul, OnnxValue.OfChannels("weight", layer.Input));

    public override string? PyTorchModule(PlannedLayer layer) => $"nn.ParameterDict(dict(weight=nn.Parameter(torch.full(({layer.Input.Channels},), {Text.Number(layer.Get(InitValues))}, dtype=torch.float32))))";

    public override string PyTorch(PlannedLayer layer, string x) => $"{x} * {PyTorchShapes.OfChannels($"{Python.Member(layer.Name)}[\"weight\"]", layer.Input)}";
}
