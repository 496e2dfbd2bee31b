using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Models;

namespace FashionCnn.Checks;

/// <summary>A kernel over an image, with the decisions of the compiler.</summary>
internal sealed record RandomKernel(Size Size, Size Strides, Size Dilation, bool IsSame, long Outputs, ConvolutionCall Call)
{
    private static readonly int[] Sizes = [1, 1, 2, 3, 3, 3, 5, 7];

    public static RandomKernel? Draw(Random random, ImageShape input)
    {
        var size = random.Next(3) == 0 ? new Size(random.Next(1, 8), random.Next(1, 8)) : Square(Sizes[random.Next(Sizes.Length)]);
        var strides = random.Next(2) == 0 ? Size.One : random.Next(2) == 0 ? Square(random.Next(2, 4)) : new Size(random.Next(1, 5), random.Next(1, 5));
        var dilation = strides != Size.One || random.Next(3) > 0 ? Size.One : new Size(random.Next(1, 4), random.Next(1, 4));
        return Over(input, size, strides, dilation, random.Next(3) > 0);
    }

    /// <summary>The kernel over an image; null where it does not fit.</summary>
    public static RandomKernel? Over(ImageShape input, Size size, Size strides, Size dilation, bool isSame)
    {
        var (height, width) = Window.Of(size, strides, dilation, isSame);
        var (rows, columns) = (height.Output(input.Height), width.Output(input.Width));
        return rows < 1 || columns < 1
            ? null
            : new RandomKernel(size, strides, dilation, isSame, rows * columns, ConvolutionCall.For(height, width, input.Height, input.Width, input.Channels));
    }

    public long Products(long channels, long filters) => Outputs * Size.Height * Size.Width * channels * filters;

    public override string ToString() =>
        $"{Size}{(IsSame ? " same" : string.Empty)}"
        + (Strides == Size.One ? string.Empty : $", strides {Strides}")
        + (Dilation == Size.One ? string.Empty : $", dilation {Dilation}")
        + (Call.IsFp32 ? ", kept in fp32" : string.Empty)
        + (Call.IsChannelsFirst ? ", given channels first" : string.Empty);

    private static Size Square(int size) => new(size, size);
}
