using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Models;

namespace FashionCnn.Checks;

/// <summary>A kernel that spreads the pixels of an image, with the decisions of the compiler.</summary>
internal sealed record RandomTransposedKernel(Size Size, Size Strides, Size Dilation, bool IsSame, TransposedAxis Rows, TransposedAxis Columns, bool IsFp32)
{
    public static RandomTransposedKernel Draw(Random random, ImageShape input)
    {
        var size = random.Next(3) == 0 ? new Size(random.Next(1, 7), random.Next(1, 7)) : Square(random.Next(1, 6));
        var strides = random.Next(3) == 0 ? Size.One : random.Next(2) == 0 ? Square(random.Next(2, 4)) : new Size(random.Next(1, 5), random.Next(1, 5));
        var dilation = strides != Size.One || random.Next(3) > 0 ? Size.One : new Size(random.Next(1, 4), random.Next(1, 4));
        return Over(input, size, strides, dilation, random.Next(3) > 0);
    }

    public static RandomTransposedKernel Over(ImageShape input, Size size, Size strides, Size dilation, bool isSame)
    {
        var (height, width) = TransposedWindow.Of(size, strides, dilation, isSame, outputPadding: null);
        return new RandomTransposedKernel(
            size, strides, dilation, isSame, height.Axis(input.Height), width.Axis(input.Width), height.Misses(input.Height) || width.Misses(input.Width));
    }

    /// <summary>Whether the compiler gives Torch the image with channels first.</summary>
    public bool IsChannelsFirst(int filters) => ConvolutionCall.StridesOverFewChannels(Size, Strides, filters);

    public long Products(ImageShape input, long filters) => (long)Size.Height * Size.Width * input.Height * input.Width * input.Channels * filters;

    public override string ToString() =>
        $"{Size}{(IsSame ? " same" : string.Empty)}"
        + (Strides == Size.One ? string.Empty : $", strides {Strides}")
        + (Dilation == Size.One ? string.Empty : $", dilation {Dilation}")
        + (IsFp32 ? ", kept in fp32" : string.Empty);

    private static Size Square(int size) => new(size, size);
}
