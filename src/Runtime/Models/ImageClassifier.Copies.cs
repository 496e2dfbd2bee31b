using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

// In bf16 the operations use copies of the weights. They are made anew for each use, unless training keeps them: then the optimizer
// writes them along with the weights, and reads their gradients.
public abstract partial class ImageClassifier
{
    private Dictionary<IntPtr, (Tensor Weight, Tensor Copy)>? copies;

    /// <summary>From now on the copies in bf16 are kept, until <see cref="DropCopies"/>. Whoever changes a weight sees to its copy.</summary>
    internal void KeepCopies() => copies ??= [];

    /// <summary>The copies are made anew for each use again.</summary>
    internal void DropCopies()
    {
        foreach (var (_, copy) in copies?.Values ?? Enumerable.Empty<(Tensor, Tensor)>())
        {
            copy.Dispose();
        }

        copies = null;
    }

    /// <summary>Brings all kept copies up to date, after the weights were changed.</summary>
    internal void RefreshCopies()
    {
        using var guard = no_grad();
        foreach (var (weight, copy) in copies?.Values ?? Enumerable.Empty<(Tensor, Tensor)>())
        {
            _ = copy.copy_(weight);
        }
    }

    /// <summary>The kept copy of a weight; null when there is none.</summary>
    internal Tensor? CopyOf(Parameter weight) => copies is not null && copies.TryGetValue(weight.Handle, out var kept) ? kept.Copy : null;

    /// <summary>Forgets the gradients of the last backward pass.</summary>
    internal void ForgetGradients()
    {
        zero_grad(set_to_none: true);
        foreach (var (_, copy) in copies?.Values ?? Enumerable.Empty<(Tensor, Tensor)>())
        {
            copy.grad = null;
        }
    }

    // The gradient of a copy that is not kept goes back to the weight in float32.
    private Tensor Copy(Tensor weight)
    {
        if (copies is null)
        {
            return weight.to(Precision);
        }

        if (copies.TryGetValue(weight.Handle, out var kept))
        {
            return kept.Copy;
        }

        if (!is_grad_enabled() || is_inference_mode_enabled())
        {
            return weight.to(Precision);
        }

        var copy = weight.detach().to(Precision).DetachFromDisposeScope().requires_grad_(weight.requires_grad);
        copies.Add(weight.Handle, (weight, copy));
        return copy;
    }
}
