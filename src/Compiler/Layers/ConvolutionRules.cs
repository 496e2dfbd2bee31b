using System.Globalization;
using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>The keys that say how a kernel moves over an image.</summary>
internal sealed record KernelKeys(Key<Size> Size, Key<Size> Strides, Key<Size> Dilation, Key<string> Padding)
{
    public static KernelKeys Create() => new(CommonKeys.KernelSize(), CommonKeys.Strides(), CommonKeys.DilationRate(), CommonKeys.Padding());

    public (Window Height, Window Width) Windows(KeyTable table, Settings settings) => Window.Of(
        settings.Get(table, Size), settings.Get(table, Strides), settings.Get(table, Dilation), settings.Get(table, Padding) == "same");
}

/// <summary>What the convolutions have in common.</summary>
internal static class ConvolutionRules
{
    /// <summary>Torch and Keras both refuse a kernel with gaps that also skips pixels.</summary>
    public static bool CheckStrides(LayerSpec layer, KernelKeys keys, ValueReader reader)
    {
        if (!layer.IsComplete || layer.Get(keys.Strides) == Size.One || layer.Get(keys.Dilation) == Size.One)
        {
            return true;
        }

        reader.Report(Descriptors.Conflict, layer.SpanOf(keys.Dilation), "\"strides\" and \"dilation_rate\" cannot both exceed 1");
        return false;
    }

    public static ShapeResult Output(LayerSpec layer, KernelKeys keys, Shape input, long channels)
    {
        var (height, width) = keys.Windows(layer.Kind!.Table, layer.Settings);
        return ShapeRules.WindowOutput(layer, "kernel", keys.Size, keys.Padding, height, width, input, channels);
    }

    public static string Label(KeyTable table, Settings settings, KernelKeys keys, Key<string> activation)
    {
        var parts = new List<string> { settings.Get(table, keys.Size).ToString() };
        if (settings.Get(table, keys.Strides) is var stride && stride != Size.One)
        {
            parts.Add($"stride {stride}");
        }

        if (settings.Get(table, keys.Dilation) is var dilation && dilation != Size.One)
        {
            parts.Add($"dilation {dilation}");
        }

        parts.Add(settings.Get(table, keys.Padding));
        if (settings.Get(table, activation) is var name and not "linear")
        {
            parts.Add(name);
        }

        return string.Join(" ", parts);
    }

    /// <summary>The kernel's part of the arguments of a Create function.</summary>
    public static string Arguments(PlannedLayer layer, KernelKeys keys)
    {
        var call = Call(layer, keys);
        return $"kernel: {Pair(layer.Get(keys.Size))}"
            + (layer.Get(keys.Strides) == Size.One ? string.Empty : $", stride: {Pair(layer.Get(keys.Strides))}")
            + (call.IsPaddedFirst || (call.Top, call.Left) == (0, 0) ? string.Empty : $", padding: ({call.Top}, {call.Left})")
            + (layer.Get(keys.Dilation) == Size.One ? string.Empty : $", dilation: {Pair(layer.Get(keys.Dilation))}");
    }

    /// <summary>The operation on <paramref name="x"/>; <paramref name="fp32"/> names the argument that keeps it in float32.</summary>
    public static string Forward(PlannedLayer layer, KernelKeys keys, string operation, string fp32, string x)
    {
        var call = Call(layer, keys);
        var input = call.IsPaddedFirst ? $"pad({x}, {Sides(call.Top, call.Bottom, call.Left, call.Right)})" : x;
        return $"{operation}({layer.Member}, {(call.IsChannelsFirst ? $"channels_first({input})" : input)}{(call.IsFp32 ? $", {fp32}: true" : string.Empty)})";
    }

    /// <summary>The sizes of a kernel.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="keys">The keys of its kernel.</param>
    /// <param name="first">The channels that come out; for a transposed convolution, those that go in.</param>
    /// <param name="second">The others, of one group.</param>
    public static EquatableArray<long> WeightShape(PlannedLayer layer, KernelKeys keys, long first, long second)
    {
        var size = layer.Get(keys.Size);
        return [first, second, size.Height, size.Width];
    }

    /// <summary>The convolution in ONNX.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="keys">The keys of its kernel.</param>
    /// <param name="x">The image.</param>
    /// <param name="weight">The tensor of the kernel.</param>
    /// <param name="bias">The tensor of the bias; null for none.</param>
    /// <param name="channels">The channels that it gives.</param>
    /// <param name="groups">The parts into which the channels are split.</param>
    public static OnnxValue Onnx(PlannedLayer layer, KernelKeys keys, OnnxValue x, string weight, string? bias, long channels, long groups)
    {
        var (height, width) = keys.Windows(layer.Kind.Table, layer.Settings);
        OnnxValue[] added = bias is null ? [] : [OnnxValue.Weight(bias, channels)];
        return Window(x.To(OnnxOperator.Conv, [OnnxValue.Weight(weight, channels, layer.Input.Channels / groups, height.Size, width.Size), .. added]), height, width, layer.Input)
            .With("dilations", height.Dilation, width.Dilation).WithInteger("group", groups);
    }

    /// <summary>The module of the convolution in PyTorch.</summary>
    public static string PyTorchModule(PlannedLayer layer, KernelKeys keys, long from, long to, long groups, bool hasBias)
    {
        var (top, bottom, left, right) = Padding(layer, keys);
        return $"nn.Conv2d({from}, {to}, {PyTorchShapes.Pair(layer.Get(keys.Size))}"
            + PyTorchShapes.Argument("stride", layer.Get(keys.Strides), 1)
            + ((top, left) == (0, 0) || (top, left) != (bottom, right) ? string.Empty : $", padding={Python.Pair(top, left)}")
            + PyTorchShapes.Argument("dilation", layer.Get(keys.Dilation), 1)
            + (groups == 1 ? string.Empty : $", groups={groups}")
            + Python.Bias(hasBias)
            + ")";
    }

    /// <summary>What the module is given, whose own padding is the same on both sides.</summary>
    public static string PyTorchInput(PlannedLayer layer, KernelKeys keys, string x)
    {
        var (top, bottom, left, right) = Padding(layer, keys);
        return (top, left) == (bottom, right) ? x : Python.Pad(x, top, bottom, left, right);
    }

    /// <summary>A node with the attributes that say how a window moves over an image. Padding stands in numbers: words for it are deprecated.</summary>
    public static OnnxNode Window(OnnxNode node, Window height, Window width, Shape input)
    {
        var (top, bottom) = height.Padding(input.Height);
        var (left, right) = width.Padding(input.Width);
        return node.With("kernel_shape", height.Size, width.Size).With("strides", height.Stride, width.Stride).With("pads", top, left, bottom, right);
    }

    /// <summary>Amounts on the four sides as arguments.</summary>
    public static string Sides(long top, long bottom, long left, long right) =>
        $"top: {top}, bottom: {bottom}, left: {left}, right: {right}";

    public static string Pair(Size size) => "(" + size.Height.ToString(CultureInfo.InvariantCulture) + ", " + size.Width.ToString(CultureInfo.InvariantCulture) + ")";

    private static (long Top, long Bottom, long Left, long Right) Padding(PlannedLayer layer, KernelKeys keys)
    {
        var (height, width) = keys.Windows(layer.Kind.Table, layer.Settings);
        var (top, bottom) = height.Padding(layer.Input.Height);
        var (left, right) = width.Padding(layer.Input.Width);
        return (top, bottom, left, right);
    }

    private static ConvolutionCall Call(PlannedLayer layer, KernelKeys keys)
    {
        var (height, width) = keys.Windows(layer.Kind.Table, layer.Settings);
        return ConvolutionCall.For(height, width, layer.Input.Height, layer.Input.Width, layer.Input.Channels);
    }
}
