using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>A copy of a model's weights and moving statistics, on the processor.</summary>
internal sealed class ModelSnapshot : IDisposable
{
    private ModelSnapshot(IReadOnlyDictionary<string, Tensor> tensors) => Tensors = tensors;

    /// <summary>The tensors by their names in the state dict.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Copies everything in the state dict.</summary>
    public static ModelSnapshot Of(ImageClassifier model)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        return new ModelSnapshot(model.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.detach().cpu().clone().DetachFromDisposeScope()));
    }

    /// <summary>Reads a copy from a file that has been found to fit the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the names begin with there.</param>
    internal static ModelSnapshot Read(ImageClassifier model, SafetensorsFile file, string prefix)
    {
        using var scope = NewDisposeScope();
        return new ModelSnapshot(model.state_dict().Keys.ToDictionary(name => name, name => file.Read(prefix + name).DetachFromDisposeScope()));
    }

    /// <summary>Puts the copy back into a model of the same network.</summary>
    public void Restore(ImageClassifier model)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var (name, target) in model.state_dict())
        {
            _ = target.copy_(Tensors[name]);
        }

        model.RefreshCopies();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
        {
            tensor.Dispose();
        }
    }
}
