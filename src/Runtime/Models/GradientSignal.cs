using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>Follows the backward pass of a model: see <see cref="ImageClassifier.Gradients"/>.</summary>
internal sealed class GradientWatch
{
    private readonly HashSet<nn.Module> used = [];
    private readonly Action onGradient;
    private bool isRepeated;

    /// <summary>Begins to follow.</summary>
    /// <param name="onGradient">Called when the gradients that are there are complete.</param>
    public GradientWatch(Action onGradient) => this.onGradient = onGradient;

    /// <summary>Begins a step, before its forward pass.</summary>
    public void Begin()
    {
        used.Clear();
        isRepeated = false;
    }

    /// <summary>A layer is used.</summary>
    public void Use(nn.Module layer) => isRepeated |= !used.Add(layer);

    /// <summary>The backward pass has come to the input of a layer.</summary>
    public void Come()
    {
        // The gradient of a layer that is used more than once has several parts, and the first one looks like all of it.
        if (!isRepeated)
        {
            onGradient();
        }
    }
}

/// <summary>
/// Leaves values as they are, and tells when the backward pass comes to them: the gradients of all weights that were met after them on the way to
/// the loss are there then. Torch has hooks for this, TorchSharp has none.
/// </summary>
internal sealed class GradientSignal : autograd.SingleTensorFunction<GradientSignal>
{
    private const string Key = "signal";

    /// <inheritdoc/>
    public override string Name => nameof(GradientSignal);

    /// <summary>The same values.</summary>
    /// <param name="x">The values.</param>
    /// <param name="signal">Called by the backward pass.</param>
    public static Tensor Apply(Tensor x, Action signal) => apply(x, signal);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Key, vars[1]);
        return ((Tensor)vars[0]).alias();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ((Action)ctx.get_data(Key))();
        return [grad_output.alias(), null!];
    }
}
