using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Flatten : LayerKind
{
    public override string Type => "Flatten";

    public override string NamePrefix => "flatten";

    public override string Summary => "An image as a vector. The order of the values is height, width, channels, as in Keras.";

    public override KeyTable Table => KeyTable.Empty;

    public override KerasForm Keras { get; } = new() { HasDataFormat = true };

    public override bool MakesVector => true;

    public override ShapeResult Infer(LayerSpec layer, Shape input) => Shape.Vector(input.Count);

    public override string Forward(PlannedLayer layer, string x) => $"flatten({x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x.Reshaped(layer.Input, layer.Output);

    public override string PyTorch(PlannedLayer layer, string x) => PyTorchShapes.Reshape(x, layer.Input, layer.Output);
}
