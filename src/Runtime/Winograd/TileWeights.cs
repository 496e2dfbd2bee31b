using System.Runtime.Intrinsics;
using FashionCnn.Native;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace FashionCnn.Winograd;

/// <summary>Transforms 3x3 weights, filters x channels x 3 x 3.</summary>
internal static unsafe class TileWeights
{
    private const int Size = 9;
    private const int Step = 8;

    /// <summary>The weights by which the input is multiplied: 36 matrices of channels x filters, as panels of 16 filters.</summary>
    public static AlignedMemory ForOutput(float* weights, Tiling tiling, WorkShare share) =>
        Transform(weights, tiling, tiling.Filters, tiling.Channels * Size, tiling.Channels, Size, share);

    /// <summary>The weights by which the output's gradient is multiplied: 36 matrices of filters x channels, as panels of 16 channels.</summary>
    public static AlignedMemory ForInputGradient(float* weights, Tiling tiling, WorkShare share) =>
        Transform(weights, tiling, tiling.Channels, Size, tiling.Filters, tiling.Channels * Size, share);

    /// <summary>Writes the gradient of the weights.</summary>
    /// <param name="sums">The gradient of the transformed weights in several parts, each of 36 matrices of channels x filters.</param>
    /// <param name="tiling">The shape.</param>
    /// <param name="share">Divides the work.</param>
    /// <param name="gradient">Filters x channels x 3 x 3.</param>
    public static void WriteGradient(AlignedMemory[] sums, Tiling tiling, WorkShare share, float* gradient)
    {
        share.Divide(tiling.Channels, (_, first, end) =>
        {
            var products = stackalloc Lane[Tiling.Products];
            var rows = stackalloc Lane[Tiling.Input * 3];
            var values = stackalloc Lane[Size];
            var plane = tiling.WeightPlane;
            for (var c = first; c < end; c++)
            {
                for (var k = 0; k < tiling.Filters; k += Step)
                {
                    for (var place = 0; place < Tiling.Products; place++)
                    {
                        products[place] = Vector256.Load(sums[0].Start + (place * plane) + ((long)c * tiling.Filters) + k);
                        for (var part = 1; part < sums.Length; part++)
                        {
                            products[place] += Vector256.Load(sums[part].Start + (place * plane) + ((long)c * tiling.Filters) + k);
                        }
                    }

                    for (var j = 0; j < 6; j++)
                    {
                        var p = products + j;
                        TileTransform.WeightGradient(p[0], p[6], p[12], p[18], p[24], p[30], out rows[j], out rows[6 + j], out rows[12 + j]);
                    }

                    for (var i = 0; i < 3; i++)
                    {
                        var r = rows + (6 * i);
                        TileTransform.WeightGradient(r[0], r[1], r[2], r[3], r[4], r[5], out values[3 * i], out values[(3 * i) + 1], out values[(3 * i) + 2]);
                    }

                    for (var lane = 0; lane < Step; lane++)
                    {
                        var to = gradient + ((((long)(k + lane) * tiling.Channels) + c) * Size);
                        for (var i = 0; i < Size; i++)
                        {
                            to[i] = ((float*)(values + i))[lane];
                        }
                    }
                }
            }
        });
    }

    /// <summary>36 matrices as panels of 16 columns.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="tiling">The shape.</param>
    /// <param name="columns">Columns of a matrix.</param>
    /// <param name="columnDistance">From the weights of a column to those of the next.</param>
    /// <param name="depth">Rows of a matrix.</param>
    /// <param name="depthDistance">From the weights of a row to those of the next.</param>
    /// <param name="share">Divides the work.</param>
    private static AlignedMemory Transform(float* weights, Tiling tiling, int columns, int columnDistance, int depth, int depthDistance, WorkShare share)
    {
        var (memory, plane) = (new AlignedMemory(Tiling.Products * tiling.WeightPlane), tiling.WeightPlane);
        var result = memory.Start;
        share.Divide(columns / Step, (_, first, end) =>
        {
            var rows = stackalloc Lane[Tiling.Input * 3];
            for (var part = first; part < end; part++)
            {
                var (panel, half) = Math.DivRem(part * Step, Tiling.Lanes);
                for (var d = 0; d < depth; d++)
                {
                    var from = weights + ((long)part * Step * columnDistance) + ((long)d * depthDistance);
                    for (var j = 0; j < 3; j++)
                    {
                        TileTransform.Weights(
                            Gather(from + j, columnDistance), Gather(from + 3 + j, columnDistance), Gather(from + 6 + j, columnDistance),
                            out rows[j], out rows[3 + j], out rows[6 + j], out rows[9 + j], out rows[12 + j], out rows[15 + j]);
                    }

                    var to = result + ((((long)panel * depth) + d) * Tiling.Lanes) + half;
                    for (var i = 0; i < 6; i++, to += 6 * plane)
                    {
                        var r = rows + (3 * i);
                        TileTransform.Weights(r[0], r[1], r[2], out var u0, out var u1, out var u2, out var u3, out var u4, out var u5);
                        u0.Store(to);
                        u1.Store(to + plane);
                        u2.Store(to + (2 * plane));
                        u3.Store(to + (3 * plane));
                        u4.Store(to + (4 * plane));
                        u5.Store(to + (5 * plane));
                    }
                }
            }
        });
        return memory;
    }

    private static Lane Gather(float* from, long distance) => Vector256.Create(
        from[0], from[distance], from[2 * distance], from[3 * distance], from[4 * distance], from[5 * distance], from[6 * distance], from[7 * distance]);
}
