using FashionCnn.Checks;
using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>What of a network was no longer finite.</summary>
internal enum FaultKind
{
    /// <summary>The gradient of a layer's weights, in the step before.</summary>
    Gradients,

    /// <summary>A layer's weights, though the gradients of the step before were finite.</summary>
    Weights,

    /// <summary>What a layer computed from finite values with finite weights.</summary>
    Activations,

    /// <summary>The loss alone: the network's outputs were finite.</summary>
    Loss,

    /// <summary>Nothing: computed once more, everything was finite.</summary>
    Nothing,
}

/// <summary>Where the first value arose that is not finite.</summary>
/// <param name="Kind">What it belongs to.</param>
/// <param name="Layer">The layer, such as <c>conv7 (Conv2D)</c>.</param>
internal sealed record TrainingFault(FaultKind Kind, string Layer);

/// <summary>Finds the layer in which the first value arose that is not finite, once the loss is not.</summary>
internal static class FaultSearch
{
    /// <summary>
    /// Looks at the gradients of the step before, which the weights still hold, at the weights, and then at what the layers compute, in
    /// the order of the layers.
    /// </summary>
    /// <param name="model">The model, its weights and gradients as they were when the loss was computed.</param>
    /// <param name="computeLoss">Computes the loss once more.</param>
    public static TrainingFault Find(ImageClassifier model, Func<double> computeLoss)
    {
        using var scope = NewDisposeScope();
        var (operations, first, loss) = Watch(model, computeLoss);
        // Gradients come from the last layer to the first, weights are met from the first to the last.
        var loser = operations.LastOrDefault(operation => operation.Layer is { } layer && layer.parameters().Any(parameter => (model.CopyOf(parameter)?.grad ?? parameter.grad) is { } gradient && !IsFinite(gradient))).Label;
        var broken = operations.FirstOrDefault(operation => operation.Layer is { } layer && layer.parameters().Any(parameter => !IsFinite(parameter))).Label;
        return loser is not null ? new TrainingFault(FaultKind.Gradients, loser)
            : broken is not null ? new TrainingFault(FaultKind.Weights, broken)
            : first is not null ? new TrainingFault(FaultKind.Activations, first)
            : new TrainingFault(double.IsFinite(loss) ? FaultKind.Nothing : FaultKind.Loss, operations[^1].Label);
    }

    /// <summary>The operations with the layers that they belong to, the first layer that gave what is not finite, and the loss.</summary>
    private static (List<(nn.Module? Layer, string Label)> Operations, string? First, double Loss) Watch(ImageClassifier model, Func<double> computeLoss)
    {
        var labels = new LayerLabels(model);
        var operations = new List<(nn.Module? Layer, string Label)>();
        string? first = null;
        model.Watch = (operation, x) =>
        {
            operations.Add((operation.Layer, labels.Of(operation)));
            var y = operation.Compute(x);
            // What stands between two operations, such as an addition of branches, goes under the name of the one before.
            first ??= !IsFinite(x) ? operations[Math.Max(0, operations.Count - 2)].Label : IsFinite(y) ? null : operations[^1].Label;
            return y;
        };
        try
        {
            var loss = computeLoss();
            return (operations, first, loss);
        }
        finally
        {
            model.Watch = null;
        }
    }

    private static bool IsFinite(Tensor values) => values.isfinite().all().item<bool>();
}
