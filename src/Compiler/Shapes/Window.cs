using FashionCnn.Compiler.Keys;

namespace FashionCnn.Compiler.Shapes;

/// <summary>How a window (a kernel or a pool) moves over one axis of an image.</summary>
internal readonly record struct Window(int Size, int Stride, int Dilation, bool IsSame)
{
    /// <summary>How many pixels it spans, gaps included.</summary>
    public long Extent => ((long)Dilation * (Size - 1)) + 1;

    /// <summary>Positions on an axis of <paramref name="input"/> pixels; 0 or less when it does not fit.</summary>
    public long Output(long input) =>
        IsSame ? (input + Stride - 1) / Stride
        : input < Extent ? 0
        : ((input - Extent) / Stride) + 1;

    /// <summary>The padding before and after; the odd pixel comes after, as in Keras.</summary>
    public (long Before, long After) Padding(long input)
    {
        if (!IsSame)
        {
            return (0, 0);
        }

        var total = Math.Max(((Output(input) - 1) * Stride) + Extent - input, 0);
        return (total / 2, total - (total / 2));
    }

    /// <summary>
    /// How many of its <see cref="Size"/> places meet a pixel at some position. The others are in the padding wherever the window is:
    /// of 3 with a stride of 2 on a single pixel only the middle one meets it.
    /// </summary>
    public int Reach(long input)
    {
        var (before, _) = Padding(input);
        var output = Output(input);
        var reach = 0;
        for (var place = 0; place < Size; place++)
        {
            // The first position of the window at which this place is not before the image.
            var offset = ((long)place * Dilation) - before;
            var position = offset >= 0 ? 0 : (-offset + Stride - 1) / Stride;
            if (position < output && (position * Stride) + offset < input)
            {
                reach++;
            }
        }

        return reach;
    }

    /// <summary>Why it does not fit, with the numbers: <c>(2 - 3)/1 + 1 = 0</c>.</summary>
    public string Formula(long input)
    {
        var extent = Dilation == 1 ? $"{Size}" : $"{Dilation}*({Size} - 1) - 1";
        // Rounded down, as the rule says: for a negative numerator that is away from zero.
        var value = (long)Math.Floor((double)(input - Extent) / Stride) + 1;
        return FormattableString.Invariant($"({input} - {extent})/{Stride} + 1 = {value}");
    }

    /// <summary>The windows over height and width.</summary>
    public static (Window Height, Window Width) Of(Size size, Size strides, Size dilation, bool isSame) =>
        (new(size.Height, strides.Height, dilation.Height, isSame), new(size.Width, strides.Width, dilation.Width, isSame));
}
