using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class GlobalMaxPooling2D : LayerKind
{
    public override string Type => "GlobalMaxPooling2D";

    public override IReadOnlyList<string> OtherNames => ["GlobalMaxPool", "AdaptiveMaxPool2d"];

    public override string NamePrefix => "global_max_pool";

    public override string Summary => "The maximum of each channel of an image.";

    public override LayerFamily Family => LayerFamily.Pooling;

    public override KeyTable Table => KeyTable.Empty;

    public override ShapeResult Infer(LayerSpec layer, Shape input) =>
        input.IsImage ? Shape.Vector(input.Channels) : ShapeRules.NeedsImage(layer, input);

    public override string Forward(PlannedLayer layer, string x) => $"global_max_pool2d({x})";
}
