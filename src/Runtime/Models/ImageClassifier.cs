using FashionCnn.Native;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// The base of every generated model: a Torch module from a batch of images (N x channels x height x width, float) to logits
/// (N x classes).
/// </summary>
public abstract partial class ImageClassifier : nn.Module<Tensor, Tensor>
{
    // The model that the thread predicts with: for it, that model is in evaluation mode.
    [ThreadStatic]
    private static ImageClassifier? predicting;


    /// <summary>Makes the module; the generated constructor registers the layers.</summary>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    protected ImageClassifier(ModelDescriptor descriptor)
        : base(Loaded(descriptor).Name)
    {
        Model = descriptor;
    }

    /// <summary>What the compiler knows of this model.</summary>
    public ModelDescriptor Model { get; }

    /// <summary>
    /// The type of the activations, and of the copies of the weights that they meet: float32 or bfloat16. The weights themselves and the
    /// statistics of normalization are always float32. Moved to float64, with this set to float64 too, the model is its own reference.
    /// </summary>
    internal ScalarType Precision { get; set; } = float32;

    /// <summary>
    /// The values of a pixel lie side by side in memory, which Torch keeps up through the layers: its kernels then take the images as they lie,
    /// where otherwise each convolution would reorder them before and after. Otherwise the pixels of a channel lie side by side.
    /// </summary>
    internal bool ChannelsLast { get; set; } = true;

    /// <summary>The logits of a batch of images. Temporaries are disposed; the result belongs to the caller's scope.</summary>
    /// <param name="input">N x channels x height x width, float32 or <see cref="Precision"/>, pixels from 0 to 1.</param>
    /// <returns>N x classes, float32. Softmax makes them probabilities; the loss takes them as they are.</returns>
    public sealed override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (IsTraining)
        {
            draws = null;
        }

        var images = input.to(Precision);
        return Logits(ChannelsLast ? ChannelsInnermost(images) : channels_first(images)).to(float32).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The class probabilities of a batch of images, computed as in evaluation mode and without gradients. It changes nothing of the model, so
    /// several threads may call it at once.
    /// </summary>
    /// <param name="images">N x channels x height x width, float, pixels from 0 to 1.</param>
    /// <returns>N x classes, each row summing to 1.</returns>
    public Tensor predict(Tensor images)
    {
        var before = predicting;
        predicting = this;
        try
        {
            using var guard = no_grad();
            using var logits = forward(images);
            return nn.functional.softmax(logits, dim: 1);
        }
        finally
        {
            predicting = before;
        }
    }

    /// <summary>The same images, the values of each pixel side by side in memory.</summary>
    // Torch has channels_last for this, TorchSharp has not. Images of one channel lie so anyhow; by way of a vector Torch sees it.
    internal static Tensor ChannelsInnermost(Tensor x) =>
        x.permute(0, 2, 3, 1).reshape(x.shape[0], -1).reshape(x.shape[0], x.shape[2], x.shape[3], x.shape[1]).permute(0, 3, 1, 2);

    private bool IsTraining => training && predicting != this;

    // Check here: Torch's base class loads the native library, and its own error is misleading.
    private static ModelDescriptor Loaded(ModelDescriptor descriptor)
    {
        NativeTorch.EnsureLoaded();
        return descriptor;
    }

    /// <summary>
    /// Nothing is left to register. When the model becomes part of another module, Torch would find the fields of the generated
    /// properties and give each layer a second name.
    /// </summary>
    protected override void RegisterComponents()
    {
    }

    /// <summary>The network, one line per layer. It may leave temporaries to the scope of <see cref="forward"/>.</summary>
    protected abstract Tensor Logits(Tensor x);

    /// <summary>Registers a layer under its name, which becomes the prefix of its keys in the state dict.</summary>
    /// <param name="name">The name.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="trainable">Training changes it. Otherwise its weights have no gradient, and batch normalization computes as in evaluation.</param>
    protected T Register<T>(string name, T layer, bool trainable = true)
        where T : nn.Module
    {
        if (!trainable)
        {
            foreach (var parameter in layer.parameters())
            {
                parameter.requires_grad = false;
            }

            if (layer is BatchNormalization normalization)
            {
                normalization.IsFrozen = true;
            }
        }

        register_module(name, layer);
        return layer;
    }
}
