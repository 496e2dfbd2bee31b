using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

/// <summary>What expressions of PyTorch say of shapes. Images are N x channels x height x width there.</summary>
internal static class PyTorchShapes
{
    /// <summary>A whole number, or two where height and width differ.</summary>
    public static string Pair(Size size) => Python.Pair(size.Height, size.Width);

    /// <summary>An argument after others, if it is not what Torch takes without it.</summary>
    public static string Argument(string name, Size size, int usual) => size == new Size(usual, usual) ? string.Empty : $", {name}={Pair(size)}";

    /// <summary>A number for each channel, such that it meets the channels of an image or of a vector.</summary>
    public static string OfChannels(string numbers, Shape of) => of.IsImage ? $"{numbers}.view(-1, 1, 1)" : numbers;

    /// <summary>An image without its outermost rows and columns.</summary>
    public static string Crop(string x, Shape from, long top, long bottom, long left, long right) => (top, bottom, left, right) == (0, 0, 0, 0) ? x
        : $"{x}[:, :, {Python.Integer(top)}:{Python.Integer(from.Height - bottom)}, {Python.Integer(left)}:{Python.Integer(from.Width - right)}]";

    /// <summary>What an operation on the last axis makes of the channels of an image or the values of a vector.</summary>
    /// <param name="operation">From the values to the expression.</param>
    /// <param name="x">The values.</param>
    /// <param name="shape">Their shape.</param>
    public static string OnChannels(Func<string, string> operation, string x, Shape shape) =>
        shape.IsImage ? $"{operation($"{x}.permute(0, 2, 3, 1)")}.permute(0, 3, 1, 2)" : operation(x);

    /// <summary>The values in another shape; their order is height, width, channels, for both.</summary>
    public static string Reshape(string x, Shape from, Shape to)
    {
        var values = from.IsImage && !HasOneOrder(from) ? $"{x}.permute(0, 2, 3, 1)" : x;
        return from == to ? x
            : !to.IsImage ? from.IsImage ? $"{values}.flatten(1)" : x
            : HasOneOrder(to) ? $"{values}.reshape(-1, {Python.Integer(to.Channels)}, {Python.Integer(to.Height)}, {Python.Integer(to.Width)})"
            : $"{values}.reshape(-1, {Python.Integer(to.Height)}, {Python.Integer(to.Width)}, {Python.Integer(to.Channels)}).permute(0, 3, 1, 2)";
    }

    private static bool HasOneOrder(Shape shape) => shape.Channels == 1 || shape.Height * shape.Width == 1;
}
