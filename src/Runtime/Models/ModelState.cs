using System.Runtime.InteropServices;
using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>A model's weights and moving statistics as plain bytes.</summary>
internal static class ModelState
{
    /// <summary>A copy of everything in the state dict, by name.</summary>
    public static IReadOnlyDictionary<string, StoredTensor> Capture(ImageClassifier model)
    {
        using var scope = NewDisposeScope();
        return model.state_dict().ToDictionary(
            pair => pair.Key, pair => new StoredTensor(pair.Value.shape, pair.Value.detach().cpu().contiguous().bytes.ToArray()));
    }

    /// <summary>Puts a copy back. The names and shapes are the model's.</summary>
    public static void Restore(ImageClassifier model, IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var (name, target) in model.state_dict())
        {
            var values = MemoryMarshal.Cast<byte, float>(tensors[name].Data).ToArray();
            _ = target.copy_(tensor(values).reshape(target.shape));
        }
    }
}
