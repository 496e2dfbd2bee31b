#if !NET9_0_OR_GREATER
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace FashionCnn;

/// <summary>
/// What .NET 8 lacks of the members that are used, under the names that they have later. Each multiplication and addition is rounded once,
/// as it is there, so that results are the same.
/// </summary>
internal static class Net8
{
    extension(Convert)
    {
        public static string ToHexStringLower(ReadOnlySpan<byte> bytes) => string.Create(2 * bytes.Length, bytes.ToArray(), (text, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                _ = source[i].TryFormat(text[(2 * i)..], out _, "x2", null);
            }
        });
    }

    extension(Vector256<uint>)
    {
        public static Vector256<uint> Indices => Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7);
    }

    extension(Vector512)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> FusedMultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
            Avx512F.IsSupported
                ? Avx512F.FusedMultiplyAdd(left, right, addend)
                : Vector512.Create(
                    Vector256.FusedMultiplyAdd(left.GetLower(), right.GetLower(), addend.GetLower()),
                    Vector256.FusedMultiplyAdd(left.GetUpper(), right.GetUpper(), addend.GetUpper()));
    }

    extension(Vector256)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector256<float> FusedMultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
            Fma.IsSupported
                ? Fma.MultiplyAdd(left, right, addend)
                : Vector256.Create(
                    FusedMultiplyAdd(left.GetLower(), right.GetLower(), addend.GetLower()),
                    FusedMultiplyAdd(left.GetUpper(), right.GetUpper(), addend.GetUpper()));
    }

    extension(Vector)
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> FusedMultiplyAdd(Vector<float> left, Vector<float> right, Vector<float> addend) =>
            Vector<float>.Count == Vector256<float>.Count
                ? Vector256.FusedMultiplyAdd(left.AsVector256(), right.AsVector256(), addend.AsVector256()).AsVector()
                : FusedMultiplyAdd(left.AsVector128(), right.AsVector128(), addend.AsVector128()).AsVector();

        /// <summary>In .NET 8, the maximum is the processor's own.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> MaxNative(Vector<float> left, Vector<float> right) => Vector.Max(left, right);
    }

    private static Vector128<float> FusedMultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend)
    {
        if (AdvSimd.IsSupported)
        {
            return AdvSimd.FusedMultiplyAdd(addend, left, right);
        }

        var result = addend;
        for (var i = 0; i < Vector128<float>.Count; i++)
        {
            result = result.WithElement(i, MathF.FusedMultiplyAdd(left[i], right[i], addend[i]));
        }

        return result;
    }
}
#endif
