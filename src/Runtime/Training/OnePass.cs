using System.Numerics;
using System.Runtime.InteropServices;
using FashionCnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>Torch's Adam, each step in one pass over the weights; for weights on the processor.</summary>
internal sealed class OnePassAdam(IReadOnlyList<Parameter> weights, AdamSettings settings)
    : Adam(weights, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Epsilon)
{
    private readonly AdamPass pass = new(settings.Beta1, settings.Beta2, settings.Epsilon, weightDecay: 0);

    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        var rate = ParamGroups.Single().LearningRate;
        foreach (var parameter in weights)
        {
            var state = (State)_state[parameter.Handle];
            pass.Update(parameter, ref state.step, state.exp_avg, state.exp_avg_sq, rate);
        }

        return null!;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        pass.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Torch's AdamW, each step in one pass over the weights; for weights on the processor.</summary>
internal sealed class OnePassAdamW(IReadOnlyList<Parameter> weights, AdamWSettings settings)
    : AdamW(weights, settings.LearningRate, settings.Beta1, settings.Beta2, settings.Epsilon, settings.WeightDecay)
{
    private readonly AdamPass pass = new(settings.Beta1, settings.Beta2, settings.Epsilon, settings.WeightDecay);

    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null)
    {
        var rate = ParamGroups.Single().LearningRate;
        foreach (var parameter in weights)
        {
            var state = (State)_state[parameter.Handle];
            pass.Update(parameter, ref state.step, state.exp_avg, state.exp_avg_sq, rate);
        }

        return null!;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        pass.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>
/// The update of one tensor of weights. Torch's takes a dozen passes, each of which fetches megabytes from memory; this one works
/// through the weights in parts that stay in the cache, with the same operations in the same order, so that every bit is Torch's.
/// </summary>
internal sealed class AdamPass(double beta1, double beta2, double epsilon, double weightDecay) : IDisposable
{
    // 128 KB for each of five arrays; and the size up to which Torch starts no threads.
    private const int Part = 32_768;

    private readonly Tensor roots = zeros(Part).DetachFromDisposeScope();

    /// <summary>Makes one step; without a gradient nothing happens.</summary>
    public void Update(Parameter parameter, ref long step, Tensor mean, Tensor square, double rate)
    {
        using var raw = parameter.grad;
        if (raw is null)
        {
            return;
        }

        using var gradient = raw.contiguous();
        step++;
        var weights = Values(parameter);
        var gradients = Values(gradient);
        var means = Values(mean);
        var squares = Values(square);
        var factors = new Factors(
            Decay: (float)(1 - (rate * weightDecay)),
            KeepMean: (float)beta1,
            TakeMean: (float)(1 - beta1),
            KeepSquare: (float)beta2,
            TakeSquare: (float)(1 - beta2),
            Root: (float)Math.Sqrt(1 - Math.Pow(beta2, step)),
            Epsilon: (float)epsilon,
            Rate: (float)-(rate / (1 - Math.Pow(beta1, step))));
        for (var start = 0; start < weights.Length; start += Part)
        {
            var size = Math.Min(Part, weights.Length - start);
            using var part = roots.narrow(0, 0, size);
            var root = Values(part);
            Average(gradients.Slice(start, size), means.Slice(start, size), squares.Slice(start, size), root, factors);
            // Torch's root differs from the processor's in the last bit of some values.
            _ = part.sqrt_();
            Move(weights.Slice(start, size), means.Slice(start, size), root, factors);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => roots.Dispose();

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private static void Average(Span<float> gradients, Span<float> means, Span<float> squares, Span<float> root, Factors by)
    {
        var (keepMean, takeMean, keepSquare, takeSquare) = (new Vector<float>(by.KeepMean), new Vector<float>(by.TakeMean), new Vector<float>(by.KeepSquare), new Vector<float>(by.TakeSquare));
        var g = Vectors(gradients);
        var m = Vectors(means);
        var s = Vectors(squares);
        var r = Vectors(root);
        for (var i = 0; i < g.Length; i++)
        {
            m[i] = Vector.FusedMultiplyAdd(g[i], takeMean, m[i] * keepMean);
            s[i] = Vector.FusedMultiplyAdd(g[i] * takeSquare, g[i], s[i] * keepSquare);
            r[i] = s[i];
        }

        for (var i = g.Length * Vector<float>.Count; i < gradients.Length; i++)
        {
            means[i] = MathF.FusedMultiplyAdd(gradients[i], by.TakeMean, means[i] * by.KeepMean);
            squares[i] = MathF.FusedMultiplyAdd(gradients[i] * by.TakeSquare, gradients[i], squares[i] * by.KeepSquare);
            root[i] = squares[i];
        }
    }

    private static void Move(Span<float> weights, Span<float> means, Span<float> root, Factors by)
    {
        var (decay, correction, epsilon, rate) = (new Vector<float>(by.Decay), new Vector<float>(by.Root), new Vector<float>(by.Epsilon), new Vector<float>(by.Rate));
        var w = Vectors(weights);
        var m = Vectors(means);
        var r = Vectors(root);
        for (var i = 0; i < w.Length; i++)
        {
            w[i] = (w[i] * decay) + (rate * m[i] / ((r[i] / correction) + epsilon));
        }

        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            weights[i] = (weights[i] * by.Decay) + (by.Rate * means[i] / ((root[i] / by.Root) + by.Epsilon));
        }
    }

    private static Span<Vector<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);

    private readonly record struct Factors(
        float Decay, float KeepMean, float TakeMean, float KeepSquare, float TakeSquare, float Root, float Epsilon, float Rate);
}
