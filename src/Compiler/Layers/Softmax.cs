using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Softmax : LayerKind
{
    public override string Type => "Softmax";

    public override string NamePrefix => "softmax";

    public override string Summary => "Softmax over the channels of an image or the values of a vector.";

    public override LayerFamily Family => LayerFamily.Activation;

    public override KeyTable Table => KeyTable.Empty;

    public override KerasForm Keras { get; } = new() { Defaults = [new("axis", "-1")], IsBuiltAtOnce = true, TakesMask = true };

    public override string LastActivation(Settings settings) => Activations.Softmax;

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Forward(PlannedLayer layer, string x) => layer.LeavesSoftmax ? x : $"softmax({x})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => layer.LeavesSoftmax ? x : Activations.Onnx(Activations.Softmax, x);

    public override string PyTorch(PlannedLayer layer, string x) => layer.LeavesSoftmax ? x : Activations.PyTorch(Activations.Softmax, x);
}
