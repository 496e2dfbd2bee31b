using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace FashionCnn.Winograd;

/// <summary>Products of small matrices: 4x16 values in registers, for the latency of a multiply-add and the 16 registers of AVX2.</summary>
/// <remarks>Inlined into a larger method, the loops would share its registers.</remarks>
internal static unsafe class TileProducts
{
    /// <summary>Rows that are computed together.</summary>
    public const int Rows = 4;

    /// <summary>result = a · b.</summary>
    /// <param name="a">rows x depth.</param>
    /// <param name="b">Panels of <see cref="Tiling.Lanes"/> columns, each depth x 16.</param>
    /// <param name="result">rows x columns.</param>
    /// <param name="rows">A multiple of <see cref="Rows"/>.</param>
    /// <param name="depth">Any number.</param>
    /// <param name="columns">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Multiply(float* a, float* b, float* result, int rows, int depth, int columns)
    {
        for (var column = 0; column < columns; column += Tiling.Lanes)
        {
            for (var row = 0; row < rows; row += Rows)
            {
                float* a0 = a + ((long)row * depth), a1 = a0 + depth, a2 = a1 + depth, a3 = a2 + depth, panel = b + ((long)column * depth);
                Lane c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
                for (var d = 0; d < depth; d++, panel += Tiling.Lanes)
                {
                    var (b0, b1) = (Vector256.Load(panel), Vector256.Load(panel + 8));
                    Add(a0 + d, b0, b1, ref c00, ref c01);
                    Add(a1 + d, b0, b1, ref c10, ref c11);
                    Add(a2 + d, b0, b1, ref c20, ref c21);
                    Add(a3 + d, b0, b1, ref c30, ref c31);
                }

                var to = result + ((long)row * columns) + column;
                Store(to, c00, c01);
                Store(to + columns, c10, c11);
                Store(to + (2 * columns), c20, c21);
                Store(to + (3 * columns), c30, c31);
            }
        }
    }

    /// <summary>sum += aᵀ · b.</summary>
    /// <param name="a">depth x rows.</param>
    /// <param name="b">depth x columns.</param>
    /// <param name="sum">rows x columns.</param>
    /// <param name="depth">Any number.</param>
    /// <param name="rows">A multiple of <see cref="Rows"/>.</param>
    /// <param name="columns">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Accumulate(float* a, float* b, float* sum, int depth, int rows, int columns)
    {
        for (var column = 0; column < columns; column += Tiling.Lanes)
        {
            for (var row = 0; row < rows; row += Rows)
            {
                float* from = a + row, by = b + column, to = sum + ((long)row * columns) + column;
                Lane c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
                for (var d = 0; d < depth; d++, from += rows, by += columns)
                {
                    var (b0, b1) = (Vector256.Load(by), Vector256.Load(by + 8));
                    Add(from, b0, b1, ref c00, ref c01);
                    Add(from + 1, b0, b1, ref c10, ref c11);
                    Add(from + 2, b0, b1, ref c20, ref c21);
                    Add(from + 3, b0, b1, ref c30, ref c31);
                }

                // Only now: a long sum is more exact as a sum of short ones.
                AddTo(to, c00, c01);
                AddTo(to + columns, c10, c11);
                AddTo(to + (2 * columns), c20, c21);
                AddTo(to + (3 * columns), c30, c31);
            }
        }
    }

    // From memory to all lanes in one instruction, and each sum where it was: by way of another register, or as a returned pair, whose values
    // are copied, the loops are two thirds as fast.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* factor, Lane b0, Lane b1, ref Lane c0, ref Lane c1)
    {
        var all = Avx.IsSupported ? Avx.BroadcastScalarToVector256(factor) : Vector256.Create(*factor);
        c0 = LaneSum.Add(all, b0, c0);
        c1 = LaneSum.Add(all, b1, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(float* to, Lane c0, Lane c1) => Store(to, Vector256.Load(to) + c0, Vector256.Load(to + 8) + c1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, Lane c0, Lane c1)
    {
        c0.Store(to);
        c1.Store(to + 8);
    }
}
