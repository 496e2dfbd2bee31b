namespace FashionCnn.Winograd;

/// <summary>
/// How the output of a 3x3 convolution with strides of 1 is divided into tiles of 4x4 pixels, each of which depends on 6x6 pixels of the
/// input. Tiles at the lower and the right edge may reach beyond the image.
/// </summary>
/// <param name="Images">Images of the batch.</param>
/// <param name="Height">Rows of the input.</param>
/// <param name="Width">Columns of the input.</param>
/// <param name="Channels">Channels of the input, a multiple of <see cref="Lanes"/>.</param>
/// <param name="Filters">Channels of the output, a multiple of <see cref="Lanes"/>.</param>
/// <param name="Padding">Rows and columns of zeros on each side, 0 or 1.</param>
internal readonly record struct Tiling(int Images, int Height, int Width, int Channels, int Filters, int Padding)
{
    /// <summary>Rows and columns of a tile of the output.</summary>
    public const int Output = 4;

    /// <summary>Rows and columns of a tile of the input.</summary>
    public const int Input = 6;

    /// <summary>Products per channel and tile, where a convolution has 9 for each of 16 pixels.</summary>
    public const int Products = Input * Input;

    /// <summary>Channels that the kernels take at once.</summary>
    public const int Lanes = 16;

    /// <summary>Tiles that are worked through together: as many as the second level of cache holds, with what is computed from them.</summary>
    public const int Block = 32;

    /// <summary>
    /// Values from one of the weights' 36 matrices to the next. Were it a power of two, as the numbers of channels and filters often are, the 36 values
    /// of a channel and a filter would be kept in the same few lines of the cache, and displace each other.
    /// </summary>
    public long WeightPlane => ((long)Channels * Filters) + Lanes;

    /// <summary>Rows of the output.</summary>
    public int OutputHeight => Height + (2 * Padding) - 2;

    /// <summary>Columns of the output.</summary>
    public int OutputWidth => Width + (2 * Padding) - 2;

    /// <summary>Tiles side by side.</summary>
    public int Columns => (OutputWidth + Output - 1) / Output;

    /// <summary>Tiles of an image.</summary>
    public int TilesPerImage => (OutputHeight + Output - 1) / Output * Columns;

    /// <summary>Values from one of the 36 matrices of a block of tiles to the next; no power of two, as <see cref="WeightPlane"/>.</summary>
    public static long TilePlane(int channels) => ((long)Block * channels) + Lanes;

    /// <summary>The image of a tile, and its first row and column of the output; those of the input are <see cref="Padding"/> less.</summary>
    public (int Image, int Row, int Column) Place(int tile)
    {
        var (image, within) = Math.DivRem(tile, TilesPerImage);
        return (image, within / Columns * Output, within % Columns * Output);
    }
}
