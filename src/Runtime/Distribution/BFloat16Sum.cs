using System.Numerics;
using System.Runtime.InteropServices;
using FashionCnn.Native;

namespace FashionCnn.Distribution;

/// <summary>The sum of numbers in bf16, which MPI does not know: it takes them for words of 16 bits and calls this to add them.</summary>
internal static unsafe class BFloat16Sum
{
    private const int BlockSize = 1024;

    /// <summary>Adds numbers to others, each sum rounded once.</summary>
    public static void Add(ReadOnlySpan<ushort> values, Span<ushort> sums)
    {
        Span<float> left = stackalloc float[BlockSize];
        Span<float> right = stackalloc float[BlockSize];
        for (var start = 0; start < sums.Length; start += BlockSize)
        {
            var size = Math.Min(BlockSize, sums.Length - start);
            var a = left[..size];
            var b = right[..size];
            BFloat16.Widen(values.Slice(start, size), a);
            BFloat16.Widen(sums.Slice(start, size), b);
            var from = MemoryMarshal.Cast<float, Vector<float>>(a);
            var to = MemoryMarshal.Cast<float, Vector<float>>(b);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] += from[i];
            }

            for (var i = to.Length * Vector<float>.Count; i < size; i++)
            {
                b[i] += a[i];
            }

            // The rounding of vectors is for numbers alone: a sum that is none must stay so.
            var sum = sums.Slice(start, size);
            BFloat16.Round(b, sum);
            for (var i = 0; i < size; i++)
            {
                if (float.IsNaN(b[i]))
                {
                    sum[i] = BFloat16.Round(b[i]);
                }
            }
        }
    }

    /// <summary>What MPI is given.</summary>
    public static delegate* unmanaged<void*, void*, int*, nint*, void> Function => &Call;

    [UnmanagedCallersOnly]
    private static void Call(void* values, void* sums, int* count, nint* type) => Add(new ReadOnlySpan<ushort>(values, *count), new Span<ushort>(sums, *count));
}
