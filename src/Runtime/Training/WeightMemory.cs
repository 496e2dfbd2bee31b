using System.Numerics;
using System.Runtime.InteropServices;
using FashionCnn.Native;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>
/// A tensor of weights and all that belongs to it, as memory of the processor. It is worked through in blocks that stay in the nearest cache
/// while one operation after the other passes over them: from farther memory everything is fetched once.
/// </summary>
/// <param name="weights">The weights.</param>
/// <param name="gradient">Their gradient, in float32 or bfloat16.</param>
/// <param name="copy">Their copy in bfloat16; null when there is none.</param>
/// <param name="trained">What belongs to them.</param>
internal sealed class WeightMemory(Tensor weights, Tensor? gradient, Tensor? copy, TrainedWeight trained)
{
    private const int BlockSize = 4096;

    /// <summary>There is something to step by.</summary>
    public bool HasGradient => gradient is not null;

    /// <summary>The sum of the squares of the gradient, the regularizer's included.</summary>
    public double SumOfSquares(WeightPart part)
    {
        var sum = 0.0;
        Span<float> room = stackalloc float[BlockSize];
        var allWeights = Values<float>(weights, part);
        var gradients = new GradientMemory(gradient!, part);
        for (var start = 0; start < part.Size; start += BlockSize)
        {
            var size = Math.Min(BlockSize, part.Size - start);
            var g = Gradient(gradients.Block(start, room[..size]), allWeights.Slice(start, size), new StepFactors(1, 0, 0), room[..size]);
            foreach (var value in g)
            {
                sum += (double)value * value;
            }
        }

        return sum;
    }

    /// <summary>Makes the step of a part.</summary>
    /// <returns>Whether its weights are finite.</returns>
    public bool Update(WeightPart part, UpdateRule rule, StepFactors step)
    {
        Span<float> room = stackalloc float[BlockSize];
        var allWeights = Values<float>(weights, part);
        var first = trained.Slots.Count > 0 ? Values<float>(trained.Slots[0], part) : default;
        var second = trained.Slots.Count > 1 ? Values<float>(trained.Slots[1], part) : default;
        var average = trained.Average is null ? default : Values<float>(trained.Average, part);
        var copied = copy is null ? default : Values<ushort>(copy, part);
        var gradients = new GradientMemory(gradient!, part);
        var finite = true;
        for (var start = 0; start < part.Size; start += BlockSize)
        {
            var size = Math.Min(BlockSize, part.Size - start);
            var w = allWeights.Slice(start, size);
            var g = Gradient(gradients.Block(start, room[..size]), w, step, room[..size]);
            if (step.Decay != 1)
            {
                Scale(w, (float)step.Decay);
            }

            rule.Move(w, g, first.IsEmpty ? first : first.Slice(start, size), second.IsEmpty ? second : second.Slice(start, size), (float)step.StepSize);
            if (!average.IsEmpty)
            {
                Follow(average.Slice(start, size), w, (float)step.KeepAverage);
            }

            if (!copied.IsEmpty)
            {
                BFloat16.Round(w, copied.Slice(start, size));
            }

            finite &= IsFinite(w);
        }

        return finite;
    }

    private static Span<T> Values<T>(Tensor tensor, WeightPart part)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.bytes).Slice(part.Start, part.Size);

    /// <summary>The gradient of a block as it enters the step: as it is, or worked out in the room given.</summary>
    private ReadOnlySpan<float> Gradient(ReadOnlySpan<float> g, ReadOnlySpan<float> w, StepFactors step, Span<float> room)
    {
        if (trained.Regularizer is { } regularizer)
        {
            var (l1, l2) = ((float)regularizer.L1, (float)(2 * regularizer.L2));
            for (var i = 0; i < room.Length; i++)
            {
                room[i] = g[i] + (l2 * w[i]) + (l1 * Math.Sign(w[i]));
            }

            g = room;
        }

        if (step.GradientScale != 1)
        {
            g.CopyTo(room);
            Scale(room, (float)step.GradientScale);
            g = room;
        }

        if (step.Clipvalue is { } limit)
        {
            for (var i = 0; i < room.Length; i++)
            {
                room[i] = Math.Clamp(g[i], (float)-limit, (float)limit);
            }

            g = room;
        }

        return g;
    }

    private static void Scale(Span<float> values, float by)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] *= by;
        }

        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
        {
            values[i] *= by;
        }
    }

    private static void Follow(Span<float> averages, ReadOnlySpan<float> values, float keep)
    {
        var a = MemoryMarshal.Cast<float, Vector<float>>(averages);
        var v = MemoryMarshal.Cast<float, Vector<float>>(values);
        for (var i = 0; i < a.Length; i++)
        {
            a[i] = (a[i] * keep) + (v[i] * (1 - keep));
        }

        for (var i = a.Length * Vector<float>.Count; i < averages.Length; i++)
        {
            averages[i] = (averages[i] * keep) + (values[i] * (1 - keep));
        }
    }

    // Zero times what is not finite is not a number, and stays that in every sum.
    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < vectors.Length; i++)
        {
            sums += vectors[i] * 0f;
        }

        var sum = Vector.Sum(sums);
        for (var i = vectors.Length * Vector<float>.Count; i < values.Length; i++)
        {
            sum += values[i] * 0f;
        }

        return sum == 0;
    }

    /// <summary>A part of a gradient, in either type.</summary>
    private readonly ref struct GradientMemory(Tensor gradient, WeightPart part)
    {
        private readonly ReadOnlySpan<float> floats = gradient.dtype == bfloat16 ? default : Values<float>(gradient, part);
        private readonly ReadOnlySpan<ushort> halves = gradient.dtype == bfloat16 ? Values<ushort>(gradient, part) : default;

        /// <summary>A block: as it lies in memory, or widened in the room given.</summary>
        public ReadOnlySpan<float> Block(int start, Span<float> room)
        {
            if (halves.IsEmpty)
            {
                return floats.Slice(start, room.Length);
            }

            BFloat16.Widen(halves.Slice(start, room.Length), room);
            return room;
        }
    }
}
