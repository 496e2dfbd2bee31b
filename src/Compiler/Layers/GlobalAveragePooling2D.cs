using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class GlobalAveragePooling2D : LayerKind
{
    private static readonly Key<bool> KeepDims = CommonKeys.KeepDims();

    public override string Type => "GlobalAveragePooling2D";

    public override IReadOnlyList<string> OtherNames => ["GlobalAvgPool", "GlobalAvgPool2D", "GlobalAvgPooling2D", "AdaptiveAvgPool2d"];

    public override string NamePrefix => "global_avg_pool";

    public override string Summary => "The average of each channel of an image.";

    public override LayerFamily Family => LayerFamily.Pooling;

    public override KeyTable Table { get; } = new(KeepDims);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, IsBuiltAtOnce = true };

    public override ShapeResult Infer(LayerSpec layer, Shape input) =>
        !input.IsImage ? ShapeRules.NeedsImage(layer, input) : layer.Get(KeepDims) ? Shape.Image(1, 1, input.Channels) : Shape.Vector(input.Channels);

    public override string Forward(PlannedLayer layer, string x) => layer.Get(KeepDims) ? $"global_avg_pool2d({x}, keepdims: true)" : $"global_avg_pool2d({x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x.To(OnnxOperator.GlobalAveragePool).Reshaped(Shape.Image(1, 1, layer.Input.Channels), layer.Output);

    public override string PyTorch(PlannedLayer layer, string x) => layer.Get(KeepDims) ? $"{x}.mean((2, 3), keepdim=True)" : $"{x}.mean((2, 3))";
}
