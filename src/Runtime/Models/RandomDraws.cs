using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FashionCnn.Native;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>The random numbers of one place, drawn one after another by the layers of a forward pass.</summary>
/// <param name="place">The place in the run.</param>
internal sealed class RandomDraws(RandomPlace place)
{
    // 16 bits decide about each value.
    private const int Scale = 1 << 16;

    // Eight blocks of eight halves.
    private const int Group = Philox.Lanes * Philox.Words * 2;

    // Values below which starting threads costs more than it gains.
    private const int WorthThreads = 1 << 16;

    private uint draws;

    /// <summary>One number from 0 up to but not including 1 for each image.</summary>
    public float[] Uniform(long images)
    {
        var draw = draws++;
        var values = new float[images];
        for (var image = 0L; image < images; image++)
        {
            var (bits, _, _, _) = Philox.Block(place.Seed, 0, (uint)(place.FirstImage + image), draw, (uint)place.Step);
            values[image] = (bits >> 8) * (1f / (1 << 24));
        }

        return values;
    }

    /// <summary>Numbers from the standard normal distribution, images x values, by the method of Box and Muller.</summary>
    public float[] Normal(long images, int values)
    {
        var draw = draws++;
        var numbers = new float[images * values];
        if (numbers.Length < WorthThreads)
        {
            for (var image = 0L; image < images; image++)
            {
                Fill(image);
            }
        }
        else
        {
            _ = Parallel.For(0, images, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, Fill);
        }

        return numbers;

        void Fill(long image)
        {
            var part = numbers.AsSpan((int)(image * values), values);
            for (var value = 0; value < values; value += 2)
            {
                var (bits, turns, _, _) = Philox.Block(place.Seed, (uint)(value / 2), (uint)(place.FirstImage + image), draw, (uint)place.Step);
                var radius = MathF.Sqrt(-2 * MathF.Log(((bits >> 8) + 1) * (1f / (1 << 24))));
                var (sine, cosine) = MathF.SinCos((turns >> 8) * (MathF.Tau / (1 << 24)));
                part[value] = radius * cosine;
                if (value + 1 < values)
                {
                    part[value + 1] = radius * sine;
                }
            }
        }
    }

    /// <summary>
    /// A mask for dropout, images x values: 0 with probability <paramref name="rate"/>, rounded to a multiple of 1/65,536, else 1 / (1 - rate).
    /// </summary>
    public Tensor Mask(long images, long values, double rate, ScalarType type)
    {
        var draw = draws++;
        var mask = empty(images, values, dtype: type);
        var threshold = (uint)Math.Round(rate * Scale);
        var kept = (float)(1 / (1 - rate));
        if (type == bfloat16)
        {
            Fill<ushort>(mask, images, (int)values, draw, threshold, BFloat16.Round(kept));
        }
        else if (type == float64)
        {
            Fill(mask, images, (int)values, draw, threshold, 1 / (1 - rate));
        }
        else
        {
            Fill(mask, images, (int)values, draw, threshold, kept);
        }

        return mask;
    }

    private unsafe void Fill<T>(Tensor mask, long images, int values, uint draw, uint threshold, T kept)
        where T : unmanaged
    {
        // A span over all of them may be too short.
        using var first = mask.narrow(0, 0, 1);
        var all = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
        var groups = (values + Group - 1) / Group;
        var threads = images * values < WorthThreads ? 1 : get_num_threads();
        if (threads == 1)
        {
            FillPart(0, images * groups);
            return;
        }

        var parts = threads * 4L;
        _ = Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
            FillPart(images * groups * part / parts, images * groups * (part + 1) / parts));

        void FillPart(long from, long to)
        {
            Span<uint> words = stackalloc uint[Philox.Lanes * Philox.Words];
            Span<T> chosen = stackalloc T[Group];
            for (var i = from; i < to; i++)
            {
                var (image, group) = Math.DivRem(i, groups);
                Philox.EightBlocks(place.Seed, (uint)(group * Philox.Lanes), (uint)(place.FirstImage + image), draw, (uint)place.Step, words);
                Choose(words, threshold, kept, chosen);
                var start = (int)group * Group;
                var size = Math.Min(Group, values - start);
                chosen[..size].CopyTo(new Span<T>((T*)all + (image * values) + start, size));
            }
        }
    }

    // Value i of a group is decided by half i / 8 of block i mod 8, so that whole vectors are compared and stored.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Choose<T>(ReadOnlySpan<uint> words, uint threshold, T kept, Span<T> chosen)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float) && Vector256.IsHardwareAccelerated)
        {
            var (limit, low, value) = (Vector256.Create((int)threshold), Vector256.Create(0xFFFFu), Vector256.Create((float)(object)kept).AsInt32());
            var target = MemoryMarshal.Cast<T, int>(chosen);
            for (var word = 0; word < Philox.Words; word++)
            {
                var bits = Vector256.Create(words.Slice(word * Philox.Lanes, Philox.Lanes));
                Vector256.AndNot(value, Vector256.LessThan((bits & low).AsInt32(), limit)).CopyTo(target[(2 * word * Philox.Lanes)..]);
                Vector256.AndNot(value, Vector256.LessThan((bits >>> 16).AsInt32(), limit)).CopyTo(target[(((2 * word) + 1) * Philox.Lanes)..]);
            }

            return;
        }

        for (var i = 0; i < Group; i++)
        {
            var word = words[(i / (2 * Philox.Lanes) * Philox.Lanes) + (i % Philox.Lanes)];
            var half = (i / Philox.Lanes) % 2 == 0 ? word & 0xFFFF : word >> 16;
            chosen[i] = half < threshold ? default : kept;
        }
    }
}
