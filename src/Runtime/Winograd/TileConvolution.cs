using System.Runtime.InteropServices;
using FashionCnn.Native;

namespace FashionCnn.Winograd;

/// <summary>The convolution and its gradients, block by block of tiles, on images whose pixels hold their channels side by side.</summary>
internal static unsafe class TileConvolution
{
    /// <summary>Computes the output.</summary>
    /// <param name="tiling">The shape.</param>
    /// <param name="share">Divides the work.</param>
    /// <param name="x">The input, image by image, row by row, pixel by pixel.</param>
    /// <param name="weights">Filters x channels x 3 x 3.</param>
    /// <param name="bias">One number per filter.</param>
    /// <param name="output">The output, ordered as the input is.</param>
    public static void Compute(Tiling tiling, WorkShare share, float* x, float* weights, float* bias, float* output)
    {
        using var factors = TileWeights.ForOutput(weights, tiling, share);
        var (inputs, outputs) = (Tiling.TilePlane(tiling.Channels), Tiling.TilePlane(tiling.Filters));
        share.Divide(tiling.Images, (_, first, end) =>
        {
            using var zeros = AlignedMemory.OfZeros(tiling.Channels);
            using var read = new AlignedMemory(Tiling.Products * inputs);
            using var written = new AlignedMemory(Tiling.Products * outputs);
            foreach (var (tile, count, rows) in Blocks(tiling, first, end))
            {
                Tiles.ReadInput(x, tiling, tile, count, zeros.Start, read.Start);
                for (var place = 0; place < Tiling.Products; place++)
                {
                    TileProducts.Multiply(read.Start + (place * inputs), factors.Start + (place * tiling.WeightPlane), written.Start + (place * outputs), rows, tiling.Channels, tiling.Filters);
                }

                Tiles.WriteOutput(written.Start, tiling, tile, count, bias, output);
            }
        });
    }

    /// <summary>Computes the gradients of the input and of the weights.</summary>
    /// <param name="tiling">The shape.</param>
    /// <param name="share">Divides the work.</param>
    /// <param name="x">The input.</param>
    /// <param name="gradient">That of the output.</param>
    /// <param name="weights">Filters x channels x 3 x 3.</param>
    /// <param name="input">Takes the gradient of the input; null where nobody wants it.</param>
    /// <param name="weightGradient">Takes that of the weights; null where nobody wants it.</param>
    public static void Propagate(Tiling tiling, WorkShare share, float* x, float* gradient, float* weights, float* input, float* weightGradient)
    {
        using var factors = input is null ? null : TileWeights.ForInputGradient(weights, tiling, share);
        var (inputs, outputs) = (Tiling.TilePlane(tiling.Channels), Tiling.TilePlane(tiling.Filters));
        AlignedMemory[] sums = [.. Enumerable.Range(0, weightGradient is null ? 0 : share.Threads).Select(_ => AlignedMemory.OfZeros(Tiling.Products * tiling.WeightPlane))];
        share.Divide(tiling.Images, (part, first, end) =>
        {
            using var zeros = AlignedMemory.OfZeros(Math.Max(tiling.Channels, tiling.Filters));
            using var outside = AlignedMemory.OfZeros(tiling.Channels);
            using var read = new AlignedMemory(Tiling.Products * inputs);
            using var slopes = new AlignedMemory(Tiling.Products * outputs);
            if (input is not null)
            {
                var image = (long)tiling.Height * tiling.Width * tiling.Channels;
                NativeMemory.Clear(input + (first * image), (nuint)((end - first) * image * sizeof(float)));
            }

            foreach (var (tile, count, rows) in Blocks(tiling, first, end))
            {
                Tiles.ReadOutputGradient(gradient, tiling, tile, count, zeros.Start, slopes.Start);
                if (weightGradient is not null)
                {
                    Tiles.ReadInput(x, tiling, tile, count, zeros.Start, read.Start);
                }

                for (var place = 0; place < Tiling.Products; place++)
                {
                    var a = read.Start + (place * inputs);
                    var b = slopes.Start + (place * outputs);
                    if (weightGradient is not null)
                    {
                        TileProducts.Accumulate(a, b, sums[part].Start + (place * tiling.WeightPlane), count, tiling.Channels, tiling.Filters);
                    }

                    // The input has been used, and its place is free.
                    if (input is not null)
                    {
                        TileProducts.Multiply(b, factors!.Start + (place * tiling.WeightPlane), a, rows, tiling.Filters, tiling.Channels);
                    }
                }

                if (input is not null)
                {
                    Tiles.AddInputGradient(read.Start, tiling, tile, count, outside.Start, input);
                }
            }
        });
        if (weightGradient is not null)
        {
            TileWeights.WriteGradient(sums, tiling, share, weightGradient);
        }

        foreach (var sum in sums)
        {
            sum.Dispose();
        }
    }

    /// <summary>The tiles of some images, in blocks; the rows of a block are its tiles, rounded up to what is multiplied at once.</summary>
    private static IEnumerable<(int Tile, int Count, int Rows)> Blocks(Tiling tiling, int firstImage, int endImage)
    {
        var end = endImage * tiling.TilesPerImage;
        for (var tile = firstImage * tiling.TilesPerImage; tile < end; tile += Tiling.Block)
        {
            var count = Math.Min(Tiling.Block, end - tile);
            yield return (tile, count, (count + TileProducts.Rows - 1) / TileProducts.Rows * TileProducts.Rows);
        }
    }
}
