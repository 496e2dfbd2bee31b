using System.Diagnostics;
using FashionCnn.Distribution;
using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>
/// Adds up the gradients of all ranks, in buckets that start on their way while the backward pass still computes those of earlier layers. Gradients are copied
/// into the buckets: living there, they would have to be set to 0 before each step and added to, which costs more.
/// </summary>
internal sealed class GradientExchange : IDisposable
{
    // 4 MB in single precision: a few per step, each large enough for its latency not to matter.
    private const int BucketSize = 1 << 20;

    private readonly Ranks ranks;
    private readonly ImageClassifier model;
    private readonly CallbackFailure failure;
    private readonly bool halves;
    private readonly Tensor memory;
    private readonly List<Bucket> buckets = [];
    private readonly Tensor[] views;
    private readonly bool[] hasGradient;
    private readonly TrainedWeight[] weights;
    private readonly GradientWatch watch;
    private int filling;
    private int waiting;

    /// <summary>Makes the buckets, those of the last layers first, as backward comes to them.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="model">The model.</param>
    /// <param name="weights">Its trained weights, in its order.</param>
    /// <param name="reduce"><see cref="GradientReduction"/>.</param>
    /// <param name="failure">Keeps what goes wrong in the backward pass.</param>
    public GradientExchange(Ranks ranks, ImageClassifier model, IReadOnlyList<TrainedWeight> weights, string reduce, CallbackFailure failure)
    {
        (this.ranks, this.model, this.weights, this.failure) = (ranks, model, [.. weights.Reverse()], failure);
        halves = reduce == GradientReduction.Bf16;
        using var scope = NewDisposeScope();
        memory = zeros(weights.Sum(weight => weight.Value.numel()), dtype: halves ? bfloat16 : float32).DetachFromDisposeScope();
        (views, hasGradient) = (new Tensor[weights.Count], new bool[weights.Count]);
        var (start, first, firstValue) = (0L, 0, 0L);
        for (var i = 0; i < views.Length; i++)
        {
            var weight = this.weights[i].Value;
            views[i] = memory.narrow(0, start, weight.numel()).view(weight.shape).DetachFromDisposeScope();
            start += weight.numel();
            if (start - firstValue >= BucketSize || i == views.Length - 1)
            {
                buckets.Add(new Bucket(first, i + 1, firstValue, start - firstValue));
                (first, firstValue) = (i + 1, start);
            }
        }

        model.Gradients = watch = new GradientWatch(() => failure.Try(Advance));
    }

    /// <summary>Begins a step, before its forward pass.</summary>
    public void Begin()
    {
        watch.Begin();
        (filling, waiting) = (0, 0);
    }

    /// <summary>Ends a step's exchange, after its backward pass.</summary>
    /// <returns>The gradients of all ranks' images, one for each weight; null where there is none.</returns>
    public IReadOnlyList<Tensor?> Finish()
    {
        var start = Stopwatch.GetTimestamp();
        var (all, early) = ranks.Traffic.Gradients;
        ranks.Traffic.Gradients = (all + memory.numel(), early + buckets.Take(filling).Sum(bucket => bucket.Count));
        Fill(isAll: true);
        for (; waiting < buckets.Count; waiting++)
        {
            buckets[waiting].Finish(ranks);
        }

        ranks.Traffic.AfterBackward += Stopwatch.GetElapsedTime(start);
        return [.. views.Select((view, i) => hasGradient[i] ? view : null).Reverse()];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model.Gradients = null;
        foreach (var view in views)
        {
            view.Dispose();
        }

        memory.Dispose();
    }

    /// <summary>In the backward pass: takes what is there, and gets on what is on its way.</summary>
    private void Advance()
    {
        var start = Stopwatch.GetTimestamp();
        Fill(isAll: false);
        while (waiting < filling && ranks.IsDone(ref buckets[waiting].Request))
        {
            waiting++;
        }

        ranks.Traffic.InBackward += Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Copies gradients that are complete into their buckets, and starts the buckets that are full, in an order that is the same on all ranks.</summary>
    private void Fill(bool isAll)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        for (; filling < buckets.Count; filling++)
        {
            var bucket = buckets[filling];
            if (!isAll && !Enumerable.Range(bucket.First, bucket.End - bucket.First).All(i => weights[i].Gradient(model) is not null))
            {
                return;
            }

            for (var i = bucket.First; i < bucket.End; i++)
            {
                var gradient = weights[i].Gradient(model);
                hasGradient[i] = gradient is not null;
                _ = gradient is null ? views[i].zero_() : views[i].copy_(gradient);
            }

            bucket.Start(ranks, memory, halves);
        }
    }

    /// <summary>Weights whose gradients lie side by side and travel together.</summary>
    private sealed class Bucket(int first, int end, long firstValue, long count)
    {
        // Handed to MPI by address.
        public nint Request;

        public int First => first;

        public int End => end;

        public long Count => count;

        public unsafe void Start(Ranks ranks, Tensor memory, bool halves)
        {
            fixed (byte* bytes = memory.bytes)
            {
                // Torch's memory does not move.
                Request = ranks.StartSum((nint)bytes + (nint)(firstValue * (halves ? sizeof(ushort) : sizeof(float))), checked((int)count), halves);
            }
        }

        public void Finish(Ranks ranks) => ranks.Finish(ref Request);
    }
}
