using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Activation : LayerKind
{
    private static readonly Key<string> Function = new ChoiceKey("activation", Activations.Names, "the function").Required();

    public override string Type => "Activation";

    public override string NamePrefix => "activation";

    public override string Summary => "An activation as a layer of its own.";

    public override LayerFamily Family => LayerFamily.Activation;

    public override KeyTable Table { get; } = new(Function);

    public override KerasForm Keras { get; } = new() { Nothing = ("activation", "\"linear\""), IsBuiltAtOnce = true };

    public override Key<string>? ActivationKey => Function;

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Label(Settings settings) => settings.Get(Table, Function);

    public override string Forward(PlannedLayer layer, string x) => layer.LeavesSoftmax ? x : Activations.Of(layer.Get(Function), x);

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => layer.LeavesSoftmax ? x : Activations.Onnx(layer.Get(Function), x);

    public override string PyTorch(PlannedLayer layer, string x) => layer.LeavesSoftmax ? x : Activations.PyTorch(layer.Get(Function), x);
}
