using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Cropping2D : LayerKind
{
    private static readonly Key<Margins> Cropping = new MarginsKey("cropping", CommonKeys.MaxSize, "rows and columns to remove").Or(default);

    public override string Type => "Cropping2D";

    public override IReadOnlyList<string> OtherNames => ["Crop", "CenterCrop"];

    public override string NamePrefix => "cropping";

    public override string Summary => "Removes rows and columns from the edges of an image.";

    public override KeyTable Table { get; } = new(Cropping);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true };

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        if (!input.IsImage)
        {
            return ShapeRules.NeedsImage(layer, input);
        }

        var margins = layer.Get(Cropping);
        var output = Shape.Image(input.Height - margins.Top - margins.Bottom, input.Width - margins.Left - margins.Right, input.Channels);
        return output switch
        {
            { Height: <= 0 } => NothingLeft(layer, input, "rows", margins.Top, margins.Bottom, input.Height),
            { Width: <= 0 } => NothingLeft(layer, input, "columns", margins.Left, margins.Right, input.Width),
            _ => output,
        };
    }

    public override string Label(Settings settings) => Cropping.Format(settings.Get(Table, Cropping));

    public override string Forward(PlannedLayer layer, string x)
    {
        var margins = layer.Get(Cropping);
        return margins == default ? x : $"crop({x}, {ConvolutionRules.Sides(margins.Top, margins.Bottom, margins.Left, margins.Right)})";
    }

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var margins = layer.Get(Cropping);
        return x.Cropped(layer.Input, margins.Top, margins.Bottom, margins.Left, margins.Right);
    }

    public override string PyTorch(PlannedLayer layer, string x)
    {
        var margins = layer.Get(Cropping);
        return PyTorchShapes.Crop(x, layer.Input, margins.Top, margins.Bottom, margins.Left, margins.Right);
    }

    private static ShapeError NothingLeft(LayerSpec layer, Shape input, string what, int before, int after, long size) =>
        new(Descriptors.NothingLeft, layer.SpanOf(Cropping), [$"{before} + {after}", $"{size} {what}", input.ToString()], []);
}
