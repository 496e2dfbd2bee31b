using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class ReLU : LayerKind
{
    public override string Type => "ReLU";

    public override string NamePrefix => "relu";

    public override string Summary => "max(x, 0).";

    public override LayerFamily Family => LayerFamily.Activation;

    public override KeyTable Table => KeyTable.Empty;

    public override string LastActivation(Settings settings) => "relu";

    public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => input;

    public override string Forward(PlannedLayer layer, string x) => $"relu({x})";
}
