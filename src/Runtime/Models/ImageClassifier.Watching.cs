using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace FashionCnn.Models;

// Where a self-check and the search for the cause of a divergence look on.
public abstract partial class ImageClassifier
{
    /// <summary>The settings of an operation that has none.</summary>
    private static readonly object Nothing = new();

    /// <summary>Sees every operation that computes; null in ordinary use.</summary>
    internal OperationWatch? Watch { get; set; }

    /// <summary>Told how far the backward pass has come; null in ordinary use.</summary>
    internal GradientWatch? Gradients { get; set; }

    /// <summary>Computes an operation, watched or not.</summary>
    /// <param name="x">What it takes.</param>
    /// <param name="settings">The layer with its weights, or the values that shape the operation; a tuple of several.</param>
    /// <param name="compute">The operation. Static, so that nothing is allocated for it in training.</param>
    /// <param name="name">What the operation is called.</param>
    private protected Tensor Operate<T>(Tensor x, T settings, Func<ImageClassifier, T, Tensor, Tensor> compute, [CallerMemberName] string name = "")
        where T : notnull
    {
        if (Gradients is not null && Operation.LayerOf(settings) is { } layer)
        {
            Gradients.Use(layer);
        }

        return Watch is null ? compute(this, settings, x) : Watched(Watch, x, settings, compute, name);
    }

    private Tensor Watched<T>(OperationWatch watch, Tensor x, T settings, Func<ImageClassifier, T, Tensor, Tensor> compute, string name)
        where T : notnull =>
        watch(new Operation(name, settings, input => compute(this, settings, input)), x);

    private Tensor Signaled(Tensor x) => Gradients is { } watch && x.requires_grad ? GradientSignal.Apply(x, watch.Come) : x;
}
