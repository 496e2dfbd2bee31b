using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class ZeroPadding2D : LayerKind
{
    private static readonly Key<Margins> Padding = new MarginsKey("padding", CommonKeys.MaxSize, "rows and columns of zeros to add").Or(new Margins(1, 1, 1, 1));

    public override string Type => "ZeroPadding2D";

    public override IReadOnlyList<string> OtherNames => ["ZeroPad2d"];

    public override string NamePrefix => "zero_padding";

    public override string Summary => "Adds rows and columns of zeros around an image.";

    public override KeyTable Table { get; } = new(Padding);

    public override KerasForm Keras { get; } = new() { HasDataFormat = true };

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        if (!input.IsImage)
        {
            return ShapeRules.NeedsImage(layer, input);
        }

        var margins = layer.Get(Padding);
        return checked(Shape.Image(input.Height + margins.Top + margins.Bottom, input.Width + margins.Left + margins.Right, input.Channels));
    }

    public override string Label(Settings settings) => Padding.Format(settings.Get(Table, Padding));

    public override string Forward(PlannedLayer layer, string x)
    {
        var margins = layer.Get(Padding);
        return $"pad({x}, {ConvolutionRules.Sides(margins.Top, margins.Bottom, margins.Left, margins.Right)})";
    }

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var margins = layer.Get(Padding);
        return x.To(OnnxOperator.Pad, OnnxValue.Integers(0, 0, margins.Top, margins.Left, 0, 0, margins.Bottom, margins.Right));
    }

    public override string PyTorch(PlannedLayer layer, string x)
    {
        var margins = layer.Get(Padding);
        return Python.Pad(x, margins.Top, margins.Bottom, margins.Left, margins.Right);
    }
}
