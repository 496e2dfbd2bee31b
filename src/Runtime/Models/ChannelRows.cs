using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace FashionCnn.Models;

/// <summary>
/// What normalization does with the rows of <see cref="ChannelMemory"/>, of which it takes what is below a floor for the floor: 0 for those that
/// ReLU is applied to first, otherwise minus infinity. Sums over rows are made in float32 for a few rows at a time, and of those
/// sums in double precision: as fast as memory, and exact to the last bits of float32 however many rows there are.
/// </summary>
internal static class ChannelRows
{
    /// <summary>The floor of values that stay as they are.</summary>
    public const float NoFloor = float.NegativeInfinity;

    /// <summary>The rows that are added up in float32.</summary>
    public const int BlockRows = 32;

    /// <summary>Adds up, for each channel, x - origin and its square.</summary>
    public static void Sum(ReadOnlySpan<float> x, float floor, ReadOnlySpan<float> origin, Span<double> sums, Span<double> squares)
    {
        var channels = origin.Length;
        var rented = ArrayPool<float>.Shared.Rent(2 * channels);
        var room = rented.AsSpan(0, 2 * channels);
        for (var start = 0; start < x.Length; start += BlockRows * channels)
        {
            room.Clear();
            SumBlock(x.Slice(start, Math.Min(BlockRows * channels, x.Length - start)), floor, origin, room[..channels], room[channels..]);
            Add(room[..channels], sums);
            Add(room[channels..], squares);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Adds up, for each channel, the gradient and its product with x - mean.</summary>
    public static void Sum(ReadOnlySpan<float> gradient, ReadOnlySpan<float> x, float floor, ReadOnlySpan<float> mean, Span<double> sums, Span<double> products)
    {
        var channels = mean.Length;
        var rented = ArrayPool<float>.Shared.Rent(2 * channels);
        var room = rented.AsSpan(0, 2 * channels);
        for (var start = 0; start < x.Length; start += BlockRows * channels)
        {
            var size = Math.Min(BlockRows * channels, x.Length - start);
            room.Clear();
            SumBlock(gradient.Slice(start, size), x.Slice(start, size), floor, mean, room[..channels], room[channels..]);
            Add(room[..channels], sums);
            Add(room[channels..], products);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>(x - mean) · factor + offset.</summary>
    public static void Normalize(ReadOnlySpan<float> x, float floor, Span<float> output, ReadOnlySpan<float> mean, ReadOnlySpan<float> factor, ReadOnlySpan<float> offset)
    {
        var channels = mean.Length;
        var whole = channels - (channels % Vector<float>.Count);
        var floors = new Vector<float>(floor);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var factors = ref MemoryMarshal.GetReference(factor);
        ref var offsets = ref MemoryMarshal.GetReference(offset);
        for (var row = 0; row < x.Length; row += channels)
        {
            ref var from = ref MemoryMarshal.GetReference(x[row..]);
            ref var to = ref MemoryMarshal.GetReference(output[row..]);
            for (nuint c = 0; c < (nuint)whole; c += (nuint)Vector<float>.Count)
            {
                Vector.FusedMultiplyAdd(Vector.MaxNative(floors, Vector.LoadUnsafe(ref from, c)) - Vector.LoadUnsafe(ref means, c), Vector.LoadUnsafe(ref factors, c), Vector.LoadUnsafe(ref offsets, c)).StoreUnsafe(ref to, c);
            }

            for (var c = whole; c < channels; c++)
            {
                output[row + c] = MathF.FusedMultiplyAdd(Math.Max(floor, x[row + c]) - mean[c], factor[c], offset[c]);
            }
        }
    }

    /// <summary>factor · (gradient - shift - (x - mean) · slope).</summary>
    public static void Propagate(
        ReadOnlySpan<float> gradient, ReadOnlySpan<float> x, float floor, Span<float> input, ReadOnlySpan<float> mean, ReadOnlySpan<float> factor, ReadOnlySpan<float> shift, ReadOnlySpan<float> slope)
    {
        var channels = mean.Length;
        var whole = channels - (channels % Vector<float>.Count);
        var floors = new Vector<float>(floor);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var factors = ref MemoryMarshal.GetReference(factor);
        ref var shifts = ref MemoryMarshal.GetReference(shift);
        ref var slopes = ref MemoryMarshal.GetReference(slope);
        for (var row = 0; row < x.Length; row += channels)
        {
            ref var from = ref MemoryMarshal.GetReference(x[row..]);
            ref var by = ref MemoryMarshal.GetReference(gradient[row..]);
            ref var to = ref MemoryMarshal.GetReference(input[row..]);
            for (nuint c = 0; c < (nuint)whole; c += (nuint)Vector<float>.Count)
            {
                var value = Vector.LoadUnsafe(ref from, c);
                var moved = Vector.LoadUnsafe(ref by, c) - Vector.LoadUnsafe(ref shifts, c);
                var result = Vector.LoadUnsafe(ref factors, c) * Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref means, c) - Vector.MaxNative(floors, value), Vector.LoadUnsafe(ref slopes, c), moved);
                Vector.ConditionalSelect(Vector.LessThanOrEqual(value, floors), Vector<float>.Zero, result).StoreUnsafe(ref to, c);
            }

            for (var c = whole; c < channels; c++)
            {
                var value = x[row + c];
                input[row + c] = value <= floor ? 0 : factor[c] * MathF.FusedMultiplyAdd(mean[c] - value, slope[c], gradient[row + c] - shift[c]);
            }
        }
    }

    private static void SumBlock(ReadOnlySpan<float> x, float floor, ReadOnlySpan<float> origin, Span<float> sums, Span<float> squares)
    {
        var channels = origin.Length;
        var whole = channels - (channels % Vector<float>.Count);
        var floors = new Vector<float>(floor);
        ref var origins = ref MemoryMarshal.GetReference(origin);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        ref var square = ref MemoryMarshal.GetReference(squares);
        for (var row = 0; row < x.Length; row += channels)
        {
            ref var from = ref MemoryMarshal.GetReference(x[row..]);
            for (nuint c = 0; c < (nuint)whole; c += (nuint)Vector<float>.Count)
            {
                var d = Vector.MaxNative(floors, Vector.LoadUnsafe(ref from, c)) - Vector.LoadUnsafe(ref origins, c);
                (Vector.LoadUnsafe(ref sum, c) + d).StoreUnsafe(ref sum, c);
                Vector.FusedMultiplyAdd(d, d, Vector.LoadUnsafe(ref square, c)).StoreUnsafe(ref square, c);
            }

            for (var c = whole; c < channels; c++)
            {
                var d = Math.Max(floor, x[row + c]) - origin[c];
                sums[c] += d;
                squares[c] += d * d;
            }
        }
    }

    private static void SumBlock(ReadOnlySpan<float> gradient, ReadOnlySpan<float> x, float floor, ReadOnlySpan<float> mean, Span<float> sums, Span<float> products)
    {
        var channels = mean.Length;
        var whole = channels - (channels % Vector<float>.Count);
        var floors = new Vector<float>(floor);
        ref var means = ref MemoryMarshal.GetReference(mean);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        ref var product = ref MemoryMarshal.GetReference(products);
        for (var row = 0; row < x.Length; row += channels)
        {
            ref var from = ref MemoryMarshal.GetReference(x[row..]);
            ref var by = ref MemoryMarshal.GetReference(gradient[row..]);
            for (nuint c = 0; c < (nuint)whole; c += (nuint)Vector<float>.Count)
            {
                var g = Vector.LoadUnsafe(ref by, c);
                (Vector.LoadUnsafe(ref sum, c) + g).StoreUnsafe(ref sum, c);
                Vector.FusedMultiplyAdd(g, Vector.MaxNative(floors, Vector.LoadUnsafe(ref from, c)) - Vector.LoadUnsafe(ref means, c), Vector.LoadUnsafe(ref product, c)).StoreUnsafe(ref product, c);
            }

            for (var c = whole; c < channels; c++)
            {
                sums[c] += gradient[row + c];
                products[c] += gradient[row + c] * (Math.Max(floor, x[row + c]) - mean[c]);
            }
        }
    }

    private static void Add(ReadOnlySpan<float> values, Span<double> to)
    {
        for (var i = 0; i < values.Length; i++)
        {
            to[i] += values[i];
        }
    }
}
