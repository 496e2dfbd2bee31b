using FashionCnn.Generator.Shapes;
using FashionCnn.Generator.Specs;

namespace FashionCnn.Generator.Layers;

internal sealed class MaxPooling2D : LayerKind
{
    private static readonly Key<Size> PoolSize = new SizeKey("pool_size", CommonKeys.MaxSize, "height and width of the pool").Or(new Size(2, 2));
    private static readonly Key<Size> Strides = new SizeKey("strides", CommonKeys.MaxSize, "pixels from one position of the pool to the next").OrElse("pool_size");
    private static readonly Key<string> Padding = CommonKeys.Padding();

    public override string Type => "MaxPooling2D";

    public override string NamePrefix => "max_pool";

    public override string Summary => "The maximum of each window of an image; padding never enters it.";

    public override KeyTable Table { get; } = new(PoolSize, Strides, Padding);

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        if (!input.IsImage)
        {
            return ShapeRules.NeedsImage(layer, input);
        }

        var (height, width) = Windows(layer.Settings);
        return ConvolutionRules.Output(layer, "pool", PoolSize, Padding, height, width, input, input.Channels);
    }

    public override string Label(Settings settings)
    {
        var size = settings.Get(Table, PoolSize);
        var strides = StridesOf(settings);
        return $"{size}" + (strides == size ? string.Empty : $" stride {strides}") + (settings.Get(Table, Padding) == "same" ? " same" : string.Empty);
    }

    public override string Forward(PlannedLayer layer, string x)
    {
        var (height, width) = Windows(layer.Settings);
        var (top, bottom) = height.Padding(layer.Input.Height);
        var (left, right) = width.Padding(layer.Input.Width);
        var arguments = $"{ConvolutionRules.Pair(layer.Get(PoolSize))}, {ConvolutionRules.Pair(StridesOf(layer.Settings))}";
        // Torch's own padding is the same on both sides and at most half the pool.
        if (top == bottom && left == right && 2 * top <= height.Size && 2 * left <= width.Size)
        {
            return $"max_pool2d({x}, {arguments}{((top, left) == (0, 0) ? string.Empty : $", padding: ({top}, {left})")})";
        }

        return $"max_pool2d(pad({x}, {top}, {bottom}, {left}, {right}, double.NegativeInfinity), {arguments})";
    }

    private (Window Height, Window Width) Windows(Settings settings) =>
        Window.Of(settings.Get(Table, PoolSize), StridesOf(settings), Size.One, settings.Get(Table, Padding) == "same");

    private Size StridesOf(Settings settings) => settings.Find(Table, Strides) is Size strides ? strides : settings.Get(Table, PoolSize);
}
