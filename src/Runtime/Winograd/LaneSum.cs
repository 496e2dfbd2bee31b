using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Lane = System.Runtime.Intrinsics.Vector256<float>;

namespace FashionCnn.Winograd;

/// <summary>Multiply-adds of eight values.</summary>
internal static class LaneSum
{
    /// <summary>a · b + c, rounded once where the processor can, so that the same code runs, slowly, on others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane Add(Lane a, Lane b, Lane c) => Fma.IsSupported ? Fma.MultiplyAdd(a, b, c) : (a * b) + c;
}
