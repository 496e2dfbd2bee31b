using System.Runtime.Intrinsics;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace FashionCnn.Winograd;

/// <summary>
/// Transforms tiles of images whose pixels hold their channels side by side. What is multiplied lies as 36 matrices, one for each place in a
/// tile, of <see cref="Tiling.Block"/> x channels: one row per tile.
/// </summary>
internal static unsafe class Tiles
{
    private const int Step = 8;

    /// <summary>Reads tiles of the input.</summary>
    /// <param name="images">The input.</param>
    /// <param name="tiling">Its division.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">The number of tiles, at most <see cref="Tiling.Block"/>.</param>
    /// <param name="zeros">A pixel of zeros.</param>
    /// <param name="matrices">36 matrices of as many channels as the input has.</param>
    public static void ReadInput(float* images, Tiling tiling, int first, int count, float* zeros, float* matrices)
    {
        var pixels = stackalloc float*[Tiling.Products];
        var rows = stackalloc Lane[Tiling.Products];
        var (channels, plane) = (tiling.Channels, Tiling.TilePlane(tiling.Channels));
        for (var tile = 0; tile < count; tile++)
        {
            var (image, row, column) = tiling.Place(first + tile);
            Locate(images + ((long)image * tiling.Height * tiling.Width * channels), tiling.Height, tiling.Width, channels, row - tiling.Padding, column - tiling.Padding, Tiling.Input, zeros, pixels);
            for (var c = 0; c < channels; c += Step)
            {
                for (var j = 0; j < 6; j++)
                {
                    var p = pixels + j;
                    TileTransform.Input(
                        Vector256.Load(p[0] + c), Vector256.Load(p[6] + c), Vector256.Load(p[12] + c), Vector256.Load(p[18] + c), Vector256.Load(p[24] + c), Vector256.Load(p[30] + c),
                        out rows[j], out rows[6 + j], out rows[12 + j], out rows[18 + j], out rows[24 + j], out rows[30 + j]);
                }

                var to = matrices + ((long)tile * channels) + c;
                for (var i = 0; i < 6; i++, to += 6 * plane)
                {
                    var r = rows + (6 * i);
                    TileTransform.Input(r[0], r[1], r[2], r[3], r[4], r[5], out var v0, out var v1, out var v2, out var v3, out var v4, out var v5);
                    Store(to, plane, v0, v1, v2, v3, v4, v5);
                }
            }
        }

        ClearRest(matrices, channels, count);
    }

    /// <summary>Reads tiles of the gradient of the output.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="tiling">Its division.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">The number of tiles, at most <see cref="Tiling.Block"/>.</param>
    /// <param name="zeros">A pixel of zeros.</param>
    /// <param name="matrices">36 matrices of as many channels as the output has.</param>
    public static void ReadOutputGradient(float* gradient, Tiling tiling, int first, int count, float* zeros, float* matrices)
    {
        var pixels = stackalloc float*[Tiling.Output * Tiling.Output];
        var rows = stackalloc Lane[Tiling.Input * Tiling.Output];
        var (filters, plane) = (tiling.Filters, Tiling.TilePlane(tiling.Filters));
        for (var tile = 0; tile < count; tile++)
        {
            var (image, row, column) = tiling.Place(first + tile);
            Locate(gradient + ((long)image * tiling.OutputHeight * tiling.OutputWidth * filters), tiling.OutputHeight, tiling.OutputWidth, filters, row, column, Tiling.Output, zeros, pixels);
            for (var k = 0; k < filters; k += Step)
            {
                for (var j = 0; j < 4; j++)
                {
                    var p = pixels + j;
                    TileTransform.OutputGradient(
                        Vector256.Load(p[0] + k), Vector256.Load(p[4] + k), Vector256.Load(p[8] + k), Vector256.Load(p[12] + k),
                        out rows[j], out rows[4 + j], out rows[8 + j], out rows[12 + j], out rows[16 + j], out rows[20 + j]);
                }

                var to = matrices + ((long)tile * filters) + k;
                for (var i = 0; i < 6; i++, to += 6 * plane)
                {
                    var r = rows + (4 * i);
                    TileTransform.OutputGradient(r[0], r[1], r[2], r[3], out var z0, out var z1, out var z2, out var z3, out var z4, out var z5);
                    Store(to, plane, z0, z1, z2, z3, z4, z5);
                }
            }
        }

        ClearRest(matrices, filters, count);
    }

    /// <summary>Writes tiles of the output.</summary>
    /// <param name="matrices">36 matrices of as many channels as the output has.</param>
    /// <param name="tiling">The division of the output.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">The number of tiles, at most <see cref="Tiling.Block"/>.</param>
    /// <param name="bias">Added to every pixel.</param>
    /// <param name="images">The output.</param>
    public static void WriteOutput(float* matrices, Tiling tiling, int first, int count, float* bias, float* images)
    {
        var rows = stackalloc Lane[Tiling.Output * Tiling.Input];
        var values = stackalloc Lane[Tiling.Output];
        var (filters, plane) = (tiling.Filters, Tiling.TilePlane(tiling.Filters));
        for (var tile = 0; tile < count; tile++)
        {
            var (image, row, column) = tiling.Place(first + tile);
            var (height, width) = (Math.Min(Tiling.Output, tiling.OutputHeight - row), Math.Min(Tiling.Output, tiling.OutputWidth - column));
            var to = images + (((((long)image * tiling.OutputHeight) + row) * tiling.OutputWidth) + column) * filters;
            for (var k = 0; k < filters; k += Step)
            {
                var from = matrices + ((long)tile * filters) + k;
                for (var j = 0; j < 6; j++, from += plane)
                {
                    Load(from, 6 * plane, out var m0, out var m1, out var m2, out var m3, out var m4, out var m5);
                    TileTransform.Output(m0, m1, m2, m3, m4, m5, out rows[j], out rows[6 + j], out rows[12 + j], out rows[18 + j]);
                }

                var added = Vector256.Load(bias + k);
                for (var i = 0; i < height; i++)
                {
                    var r = rows + (6 * i);
                    TileTransform.Output(r[0], r[1], r[2], r[3], r[4], r[5], out values[0], out values[1], out values[2], out values[3]);
                    for (var j = 0; j < width; j++)
                    {
                        (values[j] + added).Store(to + ((((long)i * tiling.OutputWidth) + j) * filters) + k);
                    }
                }
            }
        }
    }

    /// <summary>Adds what tiles contribute to the gradient of the input: neighboring tiles share two rows or columns.</summary>
    /// <param name="matrices">36 matrices of as many channels as the input has.</param>
    /// <param name="tiling">The division of the input.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="count">The number of tiles, at most <see cref="Tiling.Block"/>.</param>
    /// <param name="outside">A pixel that takes what belongs to padding.</param>
    /// <param name="gradient">The gradient.</param>
    public static void AddInputGradient(float* matrices, Tiling tiling, int first, int count, float* outside, float* gradient)
    {
        var pixels = stackalloc float*[Tiling.Products];
        var rows = stackalloc Lane[Tiling.Products];
        var (channels, plane) = (tiling.Channels, Tiling.TilePlane(tiling.Channels));
        for (var tile = 0; tile < count; tile++)
        {
            var (image, row, column) = tiling.Place(first + tile);
            Locate(gradient + ((long)image * tiling.Height * tiling.Width * channels), tiling.Height, tiling.Width, channels, row - tiling.Padding, column - tiling.Padding, Tiling.Input, outside, pixels);
            for (var c = 0; c < channels; c += Step)
            {
                var from = matrices + ((long)tile * channels) + c;
                for (var j = 0; j < 6; j++, from += plane)
                {
                    Load(from, 6 * plane, out var m0, out var m1, out var m2, out var m3, out var m4, out var m5);
                    TileTransform.InputGradient(m0, m1, m2, m3, m4, m5, out rows[j], out rows[6 + j], out rows[12 + j], out rows[18 + j], out rows[24 + j], out rows[30 + j]);
                }

                for (var i = 0; i < 6; i++)
                {
                    Lane* r = rows + (6 * i);
                    float** p = pixels + (6 * i);
                    TileTransform.InputGradient(r[0], r[1], r[2], r[3], r[4], r[5], out var x0, out var x1, out var x2, out var x3, out var x4, out var x5);
                    (Vector256.Load(p[0] + c) + x0).Store(p[0] + c);
                    (Vector256.Load(p[1] + c) + x1).Store(p[1] + c);
                    (Vector256.Load(p[2] + c) + x2).Store(p[2] + c);
                    (Vector256.Load(p[3] + c) + x3).Store(p[3] + c);
                    (Vector256.Load(p[4] + c) + x4).Store(p[4] + c);
                    (Vector256.Load(p[5] + c) + x5).Store(p[5] + c);
                }
            }
        }
    }

    /// <summary>Where the pixels of a tile are.</summary>
    private static void Locate(float* image, int height, int width, int channels, int row, int column, int size, float* outside, float** pixels)
    {
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
            {
                var (y, x) = (row + i, column + j);
                pixels[(i * size) + j] = (uint)y < (uint)height && (uint)x < (uint)width ? image + ((((long)y * width) + x) * channels) : outside;
            }
        }
    }

    // The last rows of a block that are multiplied along with the others.
    private static void ClearRest(float* matrices, int channels, int count)
    {
        var rest = (TileProducts.Rows - (count % TileProducts.Rows)) % TileProducts.Rows;
        for (var matrix = 0; rest > 0 && matrix < Tiling.Products; matrix++)
        {
            new Span<float>(matrices + (matrix * Tiling.TilePlane(channels)) + ((long)count * channels), rest * channels).Clear();
        }
    }

    private static void Load(float* from, long distance, out Lane v0, out Lane v1, out Lane v2, out Lane v3, out Lane v4, out Lane v5)
    {
        v0 = Vector256.Load(from);
        v1 = Vector256.Load(from + distance);
        v2 = Vector256.Load(from + (2 * distance));
        v3 = Vector256.Load(from + (3 * distance));
        v4 = Vector256.Load(from + (4 * distance));
        v5 = Vector256.Load(from + (5 * distance));
    }

    private static void Store(float* to, long distance, Lane v0, Lane v1, Lane v2, Lane v3, Lane v4, Lane v5)
    {
        v0.Store(to);
        v1.Store(to + distance);
        v2.Store(to + (2 * distance));
        v3.Store(to + (3 * distance));
        v4.Store(to + (4 * distance));
        v5.Store(to + (5 * distance));
    }
}
