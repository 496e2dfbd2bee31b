using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Shapes;
using FashionCnn.Generator.Specs;

namespace FashionCnn.Generator.Layers;

/// <summary>What the layers have in common that move a window over an image.</summary>
internal static class ConvolutionRules
{
    /// <summary>Torch and Keras both refuse a kernel with gaps that also skips pixels.</summary>
    public static bool CheckStrides(LayerSpec layer, Key<Size> strides, Key<Size> dilationRate, ValueReader reader)
    {
        if (layer.Get(strides) == Size.One || layer.Get(dilationRate) == Size.One)
        {
            return true;
        }

        reader.Report(Descriptors.Conflict, layer.SpanOf(dilationRate), "\"strides\" and \"dilation_rate\" cannot both exceed 1");
        return false;
    }

    /// <param name="layer">The layer.</param>
    /// <param name="noun">What the window is called: a kernel or a pool.</param>
    /// <param name="size">The key of its size.</param>
    /// <param name="strides">The key of its strides.</param>
    /// <param name="dilationRate">The key of its dilation.</param>
    /// <param name="padding">The key of the padding.</param>
    /// <param name="input">An image.</param>
    /// <param name="channels">The channels of the output.</param>
    public static ShapeResult Output(
        LayerSpec layer, string noun, Key<Size> size, Key<Size> strides, Key<Size> dilationRate, Key<string> padding, Shape input, long channels)
    {
        var (height, width) = Window.Of(layer.Get(size), layer.Get(strides), layer.Get(dilationRate), layer.Get(padding) == "same");
        return Output(layer, noun, size, padding, height, width, input, channels);
    }

    public static ShapeResult Output(
        LayerSpec layer, string noun, Key<Size> size, Key<string> padding, Window height, Window width, Shape input, long channels)
    {
        var output = Shape.Image(height.Output(input.Height), width.Output(input.Width), channels);
        if (output is { Height: > 0, Width: > 0 })
        {
            return output;
        }

        var (axis, formula) = output.Height <= 0 ? ("height", height.Formula(input.Height)) : ("width", width.Formula(input.Width));
        return new ShapeError(
            Descriptors.WindowDoesNotFit,
            layer.SpanOf(size),
            [noun, layer.Get(size).ToString(), input.ToString(), axis, formula],
            [
                new ShapeFix("With \"padding\": \"same\"", each => [each.With(padding, "same")]),
                new ShapeFix("With \"" + size.Name + "\": 1", each => [each.With(size, Size.One)]),
            ]);
    }

    public static LayerCounts Count(Shape output, long weights, bool hasBias) => checked(new LayerCounts(
        weights + (hasBias ? output.Channels : 0), 0, weights * output.Height * output.Width));

    public static string Label(
        KeyTable table, Settings settings, Key<Size> size, Key<Size> strides, Key<string> padding, Key<Size> dilationRate, Key<string> activation)
    {
        var parts = new List<string> { settings.Get(table, size).ToString() };
        if (settings.Get(table, strides) is var stride && stride != Size.One)
        {
            parts.Add($"stride {stride}");
        }

        if (settings.Get(table, dilationRate) is var dilation && dilation != Size.One)
        {
            parts.Add($"dilation {dilation}");
        }

        parts.Add(settings.Get(table, padding));
        if (settings.Get(table, activation) is var name and not "linear")
        {
            parts.Add(name);
        }

        return string.Join(" ", parts);
    }

    /// <summary>The window's part of the arguments of a Create function.</summary>
    public static string Arguments(PlannedLayer layer, Key<Size> size, Key<Size> strides, Key<Size> dilationRate, Key<string> padding)
    {
        var (height, width) = WindowOf(layer, size, strides, dilationRate, padding);
        var (top, bottom) = height.Padding(layer.Input.Height);
        var (left, right) = width.Padding(layer.Input.Width);
        var even = top == bottom && left == right;
        return $"kernel: {Pair(layer.Get(size))}"
            + (layer.Get(strides) == Size.One ? string.Empty : $", stride: {Pair(layer.Get(strides))}")
            + (even && (top, left) != (0, 0) ? $", padding: ({top}, {left})" : string.Empty)
            + (layer.Get(dilationRate) == Size.One ? string.Empty : $", dilation: {Pair(layer.Get(dilationRate))}");
    }

    /// <summary>
    /// The input of the convolution. Torch pads both sides alike; where Keras pads the bottom and the right one more, the image
    /// is padded first.
    /// </summary>
    public static string Padded(PlannedLayer layer, Key<Size> size, Key<Size> strides, Key<Size> dilationRate, Key<string> padding, string x)
    {
        var (height, width) = WindowOf(layer, size, strides, dilationRate, padding);
        var (top, bottom) = height.Padding(layer.Input.Height);
        var (left, right) = width.Padding(layer.Input.Width);
        return top == bottom && left == right ? x : $"pad({x}, {top}, {bottom}, {left}, {right})";
    }

    public static string Pair(Size size) => $"({size.Height}, {size.Width})";

    private static (Window Height, Window Width) WindowOf(
        PlannedLayer layer, Key<Size> size, Key<Size> strides, Key<Size> dilationRate, Key<string> padding) =>
        Window.Of(layer.Get(size), layer.Get(strides), layer.Get(dilationRate), layer.Get(padding) == "same");
}
