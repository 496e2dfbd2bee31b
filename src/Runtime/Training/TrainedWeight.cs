using FashionCnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>A tensor of weights in training, and what belongs to it.</summary>
/// <param name="Name">Its name in the state dict.</param>
/// <param name="Value">The weights.</param>
/// <param name="Slots">What the optimizer keeps of them.</param>
/// <param name="Average">Their average over the steps; null when there is none.</param>
/// <param name="Regularizer">What they add to the loss; null for nothing.</param>
internal sealed record TrainedWeight(string Name, Parameter Value, IReadOnlyList<Tensor> Slots, Tensor? Average, WeightRegularizer? Regularizer) : IDisposable
{
    /// <summary>The gradient that backward left, of the weights or of their copy; null for none.</summary>
    public Tensor? Gradient(ImageClassifier model) => model.CopyOf(Value)?.grad ?? Value.grad;

    /// <summary>A gradient with what the regularizer adds.</summary>
    public Tensor Regularized(Tensor gradient) => Regularizer is null ? gradient
        : gradient + (Value * (2 * Regularizer.L2)) + (Value.sign() * Regularizer.L1);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in Slots)
        {
            slot.Dispose();
        }

        Average?.Dispose();
    }
}

/// <summary>A run of values of one of the weights.</summary>
/// <param name="Weight">Which.</param>
/// <param name="Start">The first value.</param>
/// <param name="Size">How many.</param>
internal readonly record struct WeightPart(int Weight, int Start, int Size);

/// <summary>What a step does to every weight.</summary>
/// <param name="Decay">What is left of it, before it moves.</param>
/// <param name="StepSize">The optimizer's.</param>
/// <param name="KeepAverage">What is left of the average.</param>
/// <param name="GradientScale">What is left of the gradient.</param>
/// <param name="Clipvalue">The largest value of a gradient; null for any.</param>
internal readonly record struct StepFactors(double Decay, double StepSize, double KeepAverage, double GradientScale = 1, double? Clipvalue = null);
