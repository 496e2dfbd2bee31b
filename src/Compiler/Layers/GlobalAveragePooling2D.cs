using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class GlobalAveragePooling2D : LayerKind
{
    public override string Type => "GlobalAveragePooling2D";

    public override IReadOnlyList<string> OtherNames => ["GlobalAvgPool", "AdaptiveAvgPool2d"];

    public override string NamePrefix => "global_avg_pool";

    public override string Summary => "The average of each channel of an image.";

    public override LayerFamily Family => LayerFamily.Pooling;

    public override KeyTable Table => KeyTable.Empty;

    public override ShapeResult Infer(LayerSpec layer, Shape input) =>
        input.IsImage ? Shape.Vector(input.Channels) : ShapeRules.NeedsImage(layer, input);

    public override string Forward(PlannedLayer layer, string x) => $"global_avg_pool2d({x})";
}
