using FashionCnn.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>
/// The weights of a model in training, those of frozen layers left out: takes the gradients that backward left and makes the optimizer's step, as Keras does: regularizers
/// add to the gradients, which are clipped; the weights decay, then move; then the averages follow.
/// </summary>
internal sealed class WeightUpdate : IDisposable
{
    // 512 KB of weights: enough work for a thread to be worth waking.
    private const int PartSize = 131_072;

    private readonly ImageClassifier model;
    private readonly OptimizerSettings settings;
    private readonly UpdateRule rule;
    private readonly List<Tensor> buffers = [];
    private readonly List<TrainedWeight> weights = [];
    private readonly List<WeightPart> parts = [];
    private readonly bool byTensors;

    /// <summary>Starts with slots of zeros. The model stands on its device and keeps its precision from now on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">The optimizer.</param>
    /// <param name="byTensors">By tensor operations, also in the processor's memory.</param>
    public WeightUpdate(ImageClassifier model, OptimizerSettings settings, bool byTensors = false)
    {
        this.model = model;
        this.settings = settings;
        rule = UpdateRule.Of(settings);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var named = model.named_parameters().Where(pair => pair.parameter.requires_grad).ToList();
        this.byTensors = byTensors || named.Any(pair => pair.parameter.device_type != DeviceType.CPU || pair.parameter.dtype != float32 || !pair.parameter.is_contiguous());
        var total = named.Sum(pair => pair.parameter.numel());
        for (var i = 0; i < rule.Slots.Count + (settings.UseEma ? 1 : 0); i++)
        {
            // Of the weights' type: a model in double precision is a reference here too.
            buffers.Add(zeros(total, named[0].parameter.dtype, named[0].parameter.device).DetachFromDisposeScope());
        }

        var start = 0L;
        foreach (var (name, parameter) in named)
        {
            var size = parameter.numel();
            var views = buffers.Select(buffer => buffer.narrow(0, start, size).view(parameter.shape).DetachFromDisposeScope()).ToList();
            var regularizer = model.Model.Regularizers.FirstOrDefault(regularizer => regularizer.Weight == name);
            for (var from = 0; from < size; from += PartSize)
            {
                parts.Add(new WeightPart(weights.Count, from, (int)Math.Min(PartSize, size - from)));
            }

            weights.Add(new TrainedWeight(name, parameter, views[..rule.Slots.Count], settings.UseEma ? views[^1] : null, regularizer));
            start += size;
        }
    }

    /// <summary>What is kept from step to step, by names such as <c>conv1.weight/m</c>.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Slots =>
        weights.SelectMany(weight => rule.Slots.Zip(weight.Slots, (slot, tensor) => KeyValuePair.Create($"{weight.Name}/{slot}", tensor)));

    /// <summary>The averages of the weights by the weights' names; none where nothing is averaged.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Averages =>
        weights.Where(weight => weight.Average is not null).Select(weight => KeyValuePair.Create(weight.Name, weight.Average!));

    /// <summary>The weights, in the model's order.</summary>
    public IReadOnlyList<TrainedWeight> Weights => weights;

    /// <summary>What the regularizers add to the loss, with the weights as they are.</summary>
    public double RegularizationLoss()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return weights.Where(weight => weight.Regularizer is not null).Sum(weight =>
            (weight.Regularizer!.L1 == 0 ? 0 : weight.Regularizer.L1 * weight.Value.abs().sum().to(float64).item<double>())
            + (weight.Regularizer.L2 == 0 ? 0 : weight.Regularizer.L2 * weight.Value.square().sum().to(float64).item<double>()));
    }

    /// <summary>Makes a step with the gradients of the last backward pass, which stay.</summary>
    /// <param name="rate">The learning rate.</param>
    /// <param name="stepsBefore">The steps done before.</param>
    /// <param name="gradients">Gradients to take instead, one for each of <see cref="Weights"/>.</param>
    /// <returns>Whether all weights are finite.</returns>
    public bool Step(double rate, long stepsBefore, IReadOnlyList<Tensor?>? gradients = null)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var step = new StepFactors(
            Decay: 1 - (rate * settings.WeightDecay),
            StepSize: rule.StepSize(rate, stepsBefore),
            // The first average is of the first step alone.
            KeepAverage: stepsBefore == 0 ? 0 : settings.EmaMomentum);
        gradients ??= [.. weights.Select(weight => weight.Gradient(model))];
        return byTensors ? StepByTensors(gradients, step) : StepInMemory(gradients, step);
    }

    /// <summary>Exchanges the weights and their averages, for an evaluation of the averages; once more, and everything is as before.</summary>
    public void ExchangeAverages()
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var weight in weights.Where(weight => weight.Average is not null))
        {
            var kept = weight.Value.clone();
            _ = weight.Value.copy_(weight.Average!);
            _ = weight.Average!.copy_(kept);
        }

        model.RefreshCopies();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        weights.ForEach(weight => weight.Dispose());
        buffers.ForEach(buffer => buffer.Dispose());
    }

    private bool StepInMemory(IReadOnlyList<Tensor?> gradients, StepFactors step)
    {
        // Copies of the weights in bf16 have gradients in bf16.
        var work = weights.Zip(gradients, (weight, gradient) => new WeightMemory(weight.Value, gradient?.contiguous(), model.CopyOf(weight.Value), weight)).ToList();
        var scales = Scales(work);
        var finite = true;
        ForEachPart(i =>
        {
            var part = parts[i];
            if (work[part.Weight].HasGradient && !work[part.Weight].Update(part, rule, step with { GradientScale = scales?[part.Weight] ?? 1, Clipvalue = settings.Clipvalue }))
            {
                finite = false;
            }
        });
        return finite;
    }

    /// <summary>What the norms allow of each gradient; null when they are not limited.</summary>
    private double[]? Scales(List<WeightMemory> work)
    {
        if (settings.Clipnorm is null && settings.GlobalClipnorm is null)
        {
            return null;
        }

        var squares = new double[parts.Count];
        ForEachPart(i => squares[i] = work[parts[i].Weight].HasGradient ? work[parts[i].Weight].SumOfSquares(parts[i]) : 0);
        var norms = new double[weights.Count];
        for (var i = 0; i < parts.Count; i++)
        {
            norms[parts[i].Weight] += squares[i];
        }

        return ScalesByNorms([.. norms.Select(Math.Sqrt)]);
    }

    private double[] ScalesByNorms(IReadOnlyList<double> norms)
    {
        if (settings.Clipnorm is { } limit)
        {
            return [.. norms.Select(norm => limit / Math.Max(norm, limit))];
        }

        var whole = Math.Sqrt(norms.Sum(norm => norm * norm));
        var scale = settings.GlobalClipnorm!.Value / Math.Max(whole, settings.GlobalClipnorm.Value);
        return [.. norms.Select(_ => scale)];
    }

    private void ForEachPart(Action<int> action)
    {
        var threads = get_num_threads();
        if (threads == 1 || parts.Count == 1)
        {
            for (var i = 0; i < parts.Count; i++)
            {
                action(i);
            }

            return;
        }

        _ = Parallel.For(0, parts.Count, new ParallelOptions { MaxDegreeOfParallelism = threads }, action);
    }

    private bool StepByTensors(IReadOnlyList<Tensor?> gradients, StepFactors step)
    {
        var whole = weights.Zip(gradients, (weight, gradient) => gradient is null ? null : weight.Regularized(gradient.to(weight.Value.dtype))).ToList();
        if (settings.Clipnorm is not null || settings.GlobalClipnorm is not null)
        {
            var scales = ScalesByNorms([.. whole.Select(gradient => gradient is null ? 0 : gradient.norm().to(float64).item<double>())]);
            whole = [.. whole.Zip(scales, (gradient, scale) => gradient is null ? null : gradient * scale)];
        }
        else if (settings.Clipvalue is { } limit)
        {
            whole = [.. whole.Select(gradient => gradient?.clamp(-limit, limit))];
        }

        var finite = ones(1, ScalarType.Bool, weights[0].Value.device);
        foreach (var (weight, gradient) in weights.Zip(whole).Where(pair => pair.Second is not null))
        {
            _ = weight.Value.mul_(step.Decay);
            rule.Move(weight.Value, gradient!, weight.Slots, step.StepSize);
            _ = weight.Average?.mul_(step.KeepAverage).add_(weight.Value, 1 - step.KeepAverage);
            _ = model.CopyOf(weight.Value)?.copy_(weight.Value);
            finite = finite.logical_and(weight.Value.isfinite().all());
        }

        return finite.item<bool>();
    }
}
