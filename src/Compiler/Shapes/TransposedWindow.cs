using FashionCnn.Compiler.Keys;

namespace FashionCnn.Compiler.Shapes;

/// <summary>
/// How a kernel spreads the pixels of one axis over a larger one: each pixel, times the kernel, is added to the output, at places that lie a
/// stride apart. It is the gradient of a convolution.
/// </summary>
/// <param name="Size">Values of the kernel.</param>
/// <param name="Stride">Places from one pixel's to the next one's.</param>
/// <param name="Dilation">Places from one value of the kernel to the next.</param>
/// <param name="IsSame">The output is a stride times the input, whatever the kernel.</param>
/// <param name="OutputPadding">How much longer the output is than without it; null for what makes it as long as the padding says.</param>
internal readonly record struct TransposedWindow(int Size, int Stride, int Dilation, bool IsSame, int? OutputPadding)
{
    private long Extent => ((long)Dilation * (Size - 1)) + 1;

    /// <summary>Places of the output, which may be none.</summary>
    public long Output(long input) => (IsSame, OutputPadding) switch
    {
        (true, null) => checked(input * Stride),
        (true, { } more) => checked(((input - 1) * Stride) + (Extent % 2) + more),
        (false, var more) => checked(Full(input) + (more ?? Math.Max(Stride - Extent, 0))),
    };

    /// <summary>How Torch computes it.</summary>
    public TransposedAxis Axis(long input)
    {
        var cut = Cut();
        var more = Output(input) - (Full(input) - (2 * cut));
        return new TransposedAxis(cut, Math.Max(more, 0), Math.Max(-more, 0));
    }

    /// <summary>Some value of the kernel meets no pixel of the output that Torch computes.</summary>
    public bool Misses(long input)
    {
        var axis = Axis(input);
        var output = Full(input) - (2 * axis.Padding) + axis.OutputPadding;
        for (var place = 0; place < Size; place++)
        {
            // The first pixel that does not put this value before the output.
            var offset = ((long)place * Dilation) - axis.Padding;
            var pixel = offset >= 0 ? 0 : (-offset + Stride - 1) / Stride;
            if (pixel >= input || (pixel * Stride) + offset >= output)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Why nothing is left, with the numbers.</summary>
    public string Formula(long input) => FormattableString.Invariant($"({input} - 1)*{Stride} + {Extent % 2} + {OutputPadding} = {Output(input)}");

    /// <summary>The windows over height and width.</summary>
    public static (TransposedWindow Height, TransposedWindow Width) Of(Size size, Size strides, Size dilation, bool isSame, Size? outputPadding) => (
        new(size.Height, strides.Height, dilation.Height, isSame, outputPadding?.Height),
        new(size.Width, strides.Width, dilation.Width, isSame, outputPadding?.Width));

    private long Full(long input) => checked(((input - 1) * Stride) + Extent);

    // Keras, and the gradient of its convolution with padding: half of what is cut off, rounded down, goes from the beginning.
    private long Cut()
    {
        if (!IsSame)
        {
            return 0;
        }

        var kept = OutputPadding is { } more ? Extent + (Extent % 2) - 2 + more : Stride + Extent - 2;
        return Extent - 1 - Math.Min((kept + 1) / 2, Extent - 1);
    }
}

/// <summary>What Torch needs to know of one axis of a transposed convolution.</summary>
/// <param name="Padding">Places that it cuts off at both ends.</param>
/// <param name="OutputPadding">Places that it then adds at the end.</param>
/// <param name="Cropped">Places at the end that are too many even so.</param>
internal readonly record struct TransposedAxis(long Padding, long OutputPadding, long Cropped);
