using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace FashionCnn.Winograd;

/// <summary>
/// The matrices of Winograd's F(4x4, 3x3) in one dimension, for eight channels at once, as in Lavin and Gray, "Fast Algorithms for
/// Convolutional Neural Networks" (2015): output = A · ((G · weights) ⊙ (B · input)), with A and B transposed there.
/// </summary>
internal static class TileTransform
{
    /// <summary>Of six values of the input, the six that are multiplied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(Lane a, Lane b, Lane c, Lane d, Lane e, Lane f, out Lane v0, out Lane v1, out Lane v2, out Lane v3, out Lane v4, out Lane v5)
    {
        var even = Add(-4, c, e);
        var odd = Add(-4, b, d);
        var difference = e - c;
        var twice = (d - b) * 2;
        v0 = Add(4, a, Add(-5, c, e));
        v1 = even + odd;
        v2 = even - odd;
        v3 = difference + twice;
        v4 = difference - twice;
        v5 = Add(4, b, Add(-5, d, f));
    }

    /// <summary>Of six products, the four values of the output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(Lane a, Lane b, Lane c, Lane d, Lane e, Lane f, out Lane y0, out Lane y1, out Lane y2, out Lane y3)
    {
        var (sum, difference, outerSum, outerDifference) = (b + c, b - c, d + e, d - e);
        y0 = a + sum + outerSum;
        y1 = Add(2, outerDifference, difference);
        y2 = Add(4, outerSum, sum);
        y3 = Add(8, outerDifference, difference) + f;
    }

    /// <summary>Of three weights, the six that are multiplied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(Lane a, Lane b, Lane c, out Lane u0, out Lane u1, out Lane u2, out Lane u3, out Lane u4, out Lane u5)
    {
        var even = (a + c) * (-1 / 6f);
        var odd = b * (1 / 6f);
        var outerEven = Add(4, c, a) * (1 / 24f);
        var outerOdd = b * (1 / 12f);
        u0 = a * 0.25f;
        u1 = even - odd;
        u2 = even + odd;
        u3 = outerEven + outerOdd;
        u4 = outerEven - outerOdd;
        u5 = c;
    }

    /// <summary>The transpose of <see cref="Input"/>: of the gradients of six products, those of the input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InputGradient(Lane a, Lane b, Lane c, Lane d, Lane e, Lane f, out Lane x0, out Lane x1, out Lane x2, out Lane x3, out Lane x4, out Lane x5)
    {
        var (sum, difference, outerSum, outerDifference) = (b + c, c - b, d + e, e - d);
        x0 = a * 4;
        x1 = Add(4, difference, Add(2, outerDifference, f * 4));
        x2 = Add(-5, a, Add(-4, sum, -outerSum));
        x3 = Add(-5, f, Add(-2, outerDifference, -difference));
        x4 = a + sum + outerSum;
        x5 = f;
    }

    /// <summary>The transpose of <see cref="Output"/>: of the gradients of four values of the output, those of the products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void OutputGradient(Lane a, Lane b, Lane c, Lane d, out Lane z0, out Lane z1, out Lane z2, out Lane z3, out Lane z4, out Lane z5)
    {
        var (even, odd, outerEven, outerOdd) = (a + c, b + d, Add(4, c, a), Add(8, d, b + b));
        z0 = a;
        z1 = even + odd;
        z2 = even - odd;
        z3 = outerEven + outerOdd;
        z4 = outerEven - outerOdd;
        z5 = d;
    }

    /// <summary>The transpose of <see cref="Weights"/>: of the gradients of six products, those of the weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(Lane a, Lane b, Lane c, Lane d, Lane e, Lane f, out Lane g0, out Lane g1, out Lane g2)
    {
        var (sum, outerSum) = ((b + c) * (-1 / 6f), d + e);
        g0 = Add(0.25f, a, Add(1 / 24f, outerSum, sum));
        g1 = Add(1 / 6f, c - b, (d - e) * (1 / 12f));
        g2 = Add(1 / 6f, outerSum, sum) + f;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lane Add(float factor, Lane x, Lane y) => LaneSum.Add(Vector256.Create(factor), x, y);
}
