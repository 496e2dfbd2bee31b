using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class UpSampling2D : LayerKind
{
    private const string Bilinear = "bilinear";

    private static readonly Key<Size> Factor = new SizeKey("size", CommonKeys.MaxSize, "rows and columns that each pixel becomes").Or(new Size(2, 2));
    private static readonly Key<string> Interpolation = new ChoiceKey("interpolation", ["nearest", Bilinear], "repeats each pixel, or goes evenly from the center of one to the center of the next").Or("nearest");

    public override string Type => "UpSampling2D";

    public override IReadOnlyList<string> OtherNames => ["Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d"];

    public override string NamePrefix => "up_sampling";

    public override string Summary => "Makes an image larger by whole factors.";

    public override KeyTable Table { get; } = new(Factor, Interpolation);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true };

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        if (!input.IsImage)
        {
            return ShapeRules.NeedsImage(layer, input);
        }

        var size = layer.Get(Factor);
        return checked(Shape.Image(input.Height * size.Height, input.Width * size.Width, input.Channels));
    }

    public override string Label(Settings settings) => $"{settings.Get(Table, Factor)} {settings.Get(Table, Interpolation)}";

    public override string Forward(PlannedLayer layer, string x) =>
        $"interpolate({x}, height: {layer.Output.Height}, width: {layer.Output.Width}{(layer.Get(Interpolation) == Bilinear ? ", bilinear: true" : string.Empty)})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var size = layer.Get(Factor);
        var resized = x.To(OnnxOperator.Resize, OnnxValue.None, OnnxValue.Numbers(1, 1, size.Height, size.Width));
        // A pixel of the output lies where its center does; each one in the same pixel of the input, or between the centers of two.
        return layer.Get(Interpolation) == Bilinear
            ? resized.WithWord("mode", "linear").WithWord("coordinate_transformation_mode", "half_pixel")
            : resized.WithWord("mode", "nearest").WithWord("coordinate_transformation_mode", "asymmetric").WithWord("nearest_mode", "floor");
    }

    public override string PyTorch(PlannedLayer layer, string x) => $"F.interpolate({x}, size=({layer.Output.Height}, {layer.Output.Width}){(layer.Get(Interpolation) == Bilinear ? ", mode=\"bilinear\", align_corners=False" : string.Empty)})";
}
