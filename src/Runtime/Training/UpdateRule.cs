using System.Numerics;
using System.Runtime.InteropServices;
using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>How an optimizer turns gradients into a step. The rules are Keras's.</summary>
/// <param name="Slots">What is kept for each weight from step to step: <c>m</c>, <c>v</c>, <c>momentum</c>.</param>
internal abstract record UpdateRule(IReadOnlyList<string> Slots)
{
    /// <summary>The rule of an optimizer.</summary>
    public static UpdateRule Of(OptimizerSettings settings) => settings switch
    {
        AdamSettings adam => new AdamRule(adam.Beta1, adam.Beta2, adam.Epsilon),
        AdamWSettings adam => new AdamRule(adam.Beta1, adam.Beta2, adam.Epsilon),
        SgdSettings sgd => sgd.Momentum > 0 ? new MomentumRule(sgd.Momentum, sgd.Nesterov) : new DescentRule(),
        RmsPropSettings rms => new RmsPropRule(rms.Rho, rms.Momentum, rms.Epsilon),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings, "There is no such optimizer."),
    };

    /// <summary>The step size of a step, from the learning rate and the steps done before.</summary>
    public virtual double StepSize(double rate, long stepsBefore) => rate;

    /// <summary>Moves weights in the processor's memory.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="first">What the first slot keeps of them; empty without one.</param>
    /// <param name="second">What the second slot keeps of them; empty without one.</param>
    /// <param name="stepSize">The step's size.</param>
    public abstract void Move(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float stepSize);

    /// <summary>Does the same by tensor operations, wherever the weights are.</summary>
    public abstract void Move(Tensor weights, Tensor gradients, IReadOnlyList<Tensor> slots, double stepSize);

    /// <summary>The values in whole vectors; what is left over is for a loop of its own.</summary>
    protected static Span<Vector<float>> Vectors(Span<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);

    /// <inheritdoc cref="Vectors(Span{float})"/>
    protected static ReadOnlySpan<Vector<float>> Vectors(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);
}

/// <summary>p -= rate · √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε).</summary>
internal sealed record AdamRule(double Beta1, double Beta2, double Epsilon) : UpdateRule(["m", "v"])
{
    /// <inheritdoc/>
    public override double StepSize(double rate, long stepsBefore) =>
        rate * Math.Sqrt(1 - Math.Pow(Beta2, stepsBefore + 1)) / (1 - Math.Pow(Beta1, stepsBefore + 1));

    /// <inheritdoc/>
    public override void Move(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float stepSize)
    {
        var (take1, take2, epsilon) = ((float)(1 - Beta1), (float)(1 - Beta2), (float)Epsilon);
        var w = Vectors(weights);
        var g = Vectors(gradients);
        var m = Vectors(first);
        var v = Vectors(second);
        var (take1s, take2s, epsilons, sizes) = (new Vector<float>(take1), new Vector<float>(take2), new Vector<float>(epsilon), new Vector<float>(stepSize));
        for (var i = 0; i < w.Length; i++)
        {
            var mean = m[i] + ((g[i] - m[i]) * take1s);
            var square = v[i] + (((g[i] * g[i]) - v[i]) * take2s);
            m[i] = mean;
            v[i] = square;
            w[i] -= mean * sizes / (Vector.SquareRoot(square) + epsilons);
        }

        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            first[i] += (gradients[i] - first[i]) * take1;
            second[i] += ((gradients[i] * gradients[i]) - second[i]) * take2;
            weights[i] -= first[i] * stepSize / (MathF.Sqrt(second[i]) + epsilon);
        }
    }

    /// <inheritdoc/>
    public override void Move(Tensor weights, Tensor gradients, IReadOnlyList<Tensor> slots, double stepSize)
    {
        _ = slots[0].add_(gradients - slots[0], 1 - Beta1);
        _ = slots[1].add_(gradients.square() - slots[1], 1 - Beta2);
        _ = weights.sub_(slots[0] * stepSize / (slots[1].sqrt() + Epsilon));
    }
}

/// <summary>p -= rate · g.</summary>
internal sealed record DescentRule() : UpdateRule([])
{
    /// <inheritdoc/>
    public override void Move(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float stepSize)
    {
        var w = Vectors(weights);
        var g = Vectors(gradients);
        var sizes = new Vector<float>(stepSize);
        for (var i = 0; i < w.Length; i++)
        {
            w[i] -= g[i] * sizes;
        }

        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            weights[i] -= gradients[i] * stepSize;
        }
    }

    /// <inheritdoc/>
    public override void Move(Tensor weights, Tensor gradients, IReadOnlyList<Tensor> slots, double stepSize) =>
        weights.sub_(gradients * stepSize);
}

/// <summary>b = momentum · b - rate · g; p += b, or with Nesterov's method p += momentum · b - rate · g.</summary>
internal sealed record MomentumRule(double Momentum, bool Nesterov) : UpdateRule(["momentum"])
{
    /// <inheritdoc/>
    public override void Move(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float stepSize)
    {
        var momentum = (float)Momentum;
        var w = Vectors(weights);
        var g = Vectors(gradients);
        var b = Vectors(first);
        var (momenta, sizes) = (new Vector<float>(momentum), new Vector<float>(stepSize));
        for (var i = 0; i < w.Length; i++)
        {
            var step = g[i] * sizes;
            var buffer = (b[i] * momenta) - step;
            b[i] = buffer;
            w[i] += Nesterov ? (buffer * momenta) - step : buffer;
        }

        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            var step = gradients[i] * stepSize;
            first[i] = (first[i] * momentum) - step;
            weights[i] += Nesterov ? (first[i] * momentum) - step : first[i];
        }
    }

    /// <inheritdoc/>
    public override void Move(Tensor weights, Tensor gradients, IReadOnlyList<Tensor> slots, double stepSize)
    {
        var step = gradients * stepSize;
        _ = slots[0].mul_(Momentum).sub_(step);
        _ = weights.add_(Nesterov ? (slots[0] * Momentum) - step : slots[0]);
    }
}

/// <summary>v = ρ · v + (1 - ρ) · g²; p -= rate · g / √(v + ε), with momentum by way of a buffer.</summary>
internal sealed record RmsPropRule(double Rho, double Momentum, double Epsilon) : UpdateRule(Momentum > 0 ? ["v", "momentum"] : ["v"])
{
    /// <inheritdoc/>
    public override void Move(Span<float> weights, ReadOnlySpan<float> gradients, Span<float> first, Span<float> second, float stepSize)
    {
        var (rho, take, epsilon, momentum) = ((float)Rho, (float)(1 - Rho), (float)Epsilon, (float)Momentum);
        var w = Vectors(weights);
        var g = Vectors(gradients);
        var v = Vectors(first);
        var b = Vectors(second);
        var (rhos, takes, epsilons, momenta, sizes) = (new Vector<float>(rho), new Vector<float>(take), new Vector<float>(epsilon), new Vector<float>(momentum), new Vector<float>(stepSize));
        for (var i = 0; i < w.Length; i++)
        {
            var square = (v[i] * rhos) + (g[i] * g[i] * takes);
            v[i] = square;
            var step = g[i] * sizes / Vector.SquareRoot(square + epsilons);
            if (!b.IsEmpty)
            {
                step += b[i] * momenta;
                b[i] = step;
            }

            w[i] -= step;
        }

        for (var i = w.Length * Vector<float>.Count; i < weights.Length; i++)
        {
            first[i] = (first[i] * rho) + (gradients[i] * gradients[i] * take);
            var step = gradients[i] * stepSize / MathF.Sqrt(first[i] + epsilon);
            if (!second.IsEmpty)
            {
                step += second[i] * momentum;
                second[i] = step;
            }

            weights[i] -= step;
        }
    }

    /// <inheritdoc/>
    public override void Move(Tensor weights, Tensor gradients, IReadOnlyList<Tensor> slots, double stepSize)
    {
        _ = slots[0].mul_(Rho).add_(gradients.square(), 1 - Rho);
        var step = gradients * stepSize / (slots[0] + Epsilon).sqrt();
        _ = weights.sub_(slots.Count == 1 ? step : slots[1].mul_(Momentum).add_(step));
    }
}
