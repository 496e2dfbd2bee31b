using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

/// <summary>What the pools have in common: keys, shape rule, label, and the arguments of their operations.</summary>
internal abstract class Pooling : LayerKind
{
    private readonly Key<Size> poolSize = new SizeKey("pool_size", CommonKeys.MaxSize, "height and width of the pool").Or(new Size(2, 2));
    private readonly Key<Size> strides = new SizeKey("strides", CommonKeys.MaxSize, "pixels from one position of the pool to the next").OrElse("pool_size");
    private readonly Key<string> padding = CommonKeys.Padding();

    protected Pooling() => Table = new KeyTable(poolSize, strides, padding);

    public override LayerFamily Family => LayerFamily.Pooling;

    public override KeyTable Table { get; }

    public override KerasForm Keras { get; } = new() { HasDataFormat = true, IsBuiltAtOnce = true };

    /// <summary>The operation of the base class.</summary>
    protected abstract string Operation { get; }

    /// <summary>The operator of ONNX, which leaves padding out.</summary>
    protected abstract OnnxOperator OnnxOperation { get; }

    /// <summary>PyTorch's expression for a pool over an image with padding, which never enters it.</summary>
    protected abstract string PyTorchPadded(string x, string window, long top, long bottom, long left, long right);

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        if (!input.IsImage)
        {
            return ShapeRules.NeedsImage(layer, input);
        }

        var (height, width) = Windows(layer.Settings);
        return ShapeRules.WindowOutput(layer, "pool", poolSize, padding, height, width, input, input.Channels);
    }

    public override string Label(Settings settings)
    {
        var size = settings.Get(Table, poolSize);
        return $"{size}"
            + (StridesOf(settings) == size ? string.Empty : $" stride {StridesOf(settings)}")
            + (settings.Get(Table, padding) == "same" ? " same" : string.Empty);
    }

    public override string Forward(PlannedLayer layer, string x)
    {
        var (height, width) = Windows(layer.Settings);
        var (top, bottom) = height.Padding(layer.Input.Height);
        var (left, right) = width.Padding(layer.Input.Width);
        var arguments = $"kernel_size: {ConvolutionRules.Pair(layer.Get(poolSize))}, stride: {ConvolutionRules.Pair(StridesOf(layer.Settings))}";
        return (top, bottom, left, right) switch
        {
            (0, 0, 0, 0) => $"{Operation}({x}, {arguments})",
            // Torch's own padding is the same on both sides and at most half the pool.
            _ when top == bottom && left == right && 2 * top <= height.Size && 2 * left <= width.Size => $"{Operation}({x}, {arguments}, padding: ({top}, {left}))",
            _ => $"{Operation}({x}, {arguments}, {ConvolutionRules.Sides(top, bottom, left, right)})",
        };
    }

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x)
    {
        var (height, width) = Windows(layer.Settings);
        return ConvolutionRules.Window(x.To(OnnxOperation), height, width, layer.Input);
    }

    public override string PyTorch(PlannedLayer layer, string x)
    {
        var (height, width) = Windows(layer.Settings);
        var (top, bottom) = height.Padding(layer.Input.Height);
        var (left, right) = width.Padding(layer.Input.Width);
        var window = PyTorchShapes.Pair(layer.Get(poolSize)) + (StridesOf(layer.Settings) == layer.Get(poolSize) ? string.Empty : $", {PyTorchShapes.Pair(StridesOf(layer.Settings))}");
        return (top, bottom, left, right) == (0, 0, 0, 0) ? $"F.{Operation}({x}, {window})" : PyTorchPadded(x, window, top, bottom, left, right);
    }

    public override (long Rows, long Columns) Unread(Settings settings, Shape input)
    {
        var (height, width) = Windows(settings);
        return settings.Get(Table, padding) == "same" ? (0, 0) : (Rest(height, input.Height), Rest(width, input.Width));

        static long Rest(Window window, long input) => input - (((window.Output(input) - 1) * window.Stride) + window.Extent);
    }

    private (Window Height, Window Width) Windows(Settings settings) =>
        Window.Of(settings.Get(Table, poolSize), StridesOf(settings), Size.One, settings.Get(Table, padding) == "same");

    private Size StridesOf(Settings settings) => settings.Find(Table, strides) is Size written ? written : settings.Get(Table, poolSize);
}
