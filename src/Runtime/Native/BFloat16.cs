using System.Numerics;
using System.Runtime.InteropServices;

namespace FashionCnn.Native;

/// <summary>Numbers of eight significant bits, the upper halves of single-precision ones; .NET has no such type.</summary>
internal static class BFloat16
{
    /// <summary>Rounds to the nearest, and halves to even, as Torch does.</summary>
    public static ushort Round(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Rounds numbers that are not NaN.</summary>
    public static void Round(ReadOnlySpan<float> values, Span<ushort> rounded)
    {
        var source = MemoryMarshal.Cast<float, Vector<uint>>(values);
        var target = MemoryMarshal.Cast<ushort, Vector<ushort>>(rounded);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = Vector.Narrow(RoundUp(source[2 * i]), RoundUp(source[(2 * i) + 1]));
        }

        for (var i = target.Length * Vector<ushort>.Count; i < values.Length; i++)
        {
            rounded[i] = Round(values[i]);
        }
    }

    /// <summary>The same numbers in single precision.</summary>
    public static void Widen(ReadOnlySpan<ushort> values, Span<float> widened)
    {
        var source = MemoryMarshal.Cast<ushort, Vector<ushort>>(values);
        var target = MemoryMarshal.Cast<float, Vector<uint>>(widened);
        for (var i = 0; i < source.Length; i++)
        {
            Vector.Widen(source[i], out var low, out var high);
            target[2 * i] = low << 16;
            target[(2 * i) + 1] = high << 16;
        }

        for (var i = source.Length * Vector<ushort>.Count; i < values.Length; i++)
        {
            widened[i] = BitConverter.UInt32BitsToSingle((uint)values[i] << 16);
        }
    }

    private static Vector<uint> RoundUp(Vector<uint> bits) => (bits + new Vector<uint>(0x7FFF) + ((bits >> 16) & Vector<uint>.One)) >> 16;
}
