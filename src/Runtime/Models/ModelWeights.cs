using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>A model's weights and moving statistics, to and from safetensors files.</summary>
public static class ModelWeights
{
    /// <summary>Writes the weights, whole or not at all, with the model's name and fingerprints.</summary>
    public static void Save(ImageClassifier model, string path) => Save(model.Model, ModelState.Capture(model), path);

    /// <summary>Writes weights that were captured before.</summary>
    internal static void Save(ModelDescriptor model, IReadOnlyDictionary<string, StoredTensor> tensors, string path)
    {
        var metadata = new Dictionary<string, string>
        {
            ["model"] = model.Id,
            ["class"] = model.Name,
            ["architecture_fingerprint"] = model.ArchitectureFingerprint,
            ["training_fingerprint"] = model.TrainingFingerprint,
        };
        AtomicFile.Write(path, stream => Safetensors.Write(stream, new StoredTensors(tensors, metadata)));
    }

    /// <summary>Reads the weights into a model. A model that the file does not fit stays as it was.</summary>
    /// <exception cref="InputException">The file is damaged or of another network; the message names the first difference.</exception>
    public static void Load(ImageClassifier model, string path)
    {
        using var scope = NewDisposeScope();
        var stored = Safetensors.Read(path);
        var tensors = model.state_dict();
        var origin = stored.Metadata.TryGetValue("model", out var id) ? $" (the file is of {id})" : string.Empty;
        foreach (var (name, target) in tensors)
        {
            if (!stored.Tensors.TryGetValue(name, out var source))
            {
                throw new InputException($"{path} does not fit {model.Model.Id}: it has no {name}{origin}. Give weights that were trained with this spec.");
            }

            if (source.Type != StoredTensor.Float)
            {
                throw new InputException($"{path} does not fit {model.Model.Id}: its {name} holds bytes, not 32-bit floats. A checkpoint is not a file of weights; give weights.safetensors.");
            }

            if (!source.Shape.SequenceEqual(target.shape))
            {
                throw new InputException(
                    $"{path} does not fit {model.Model.Id}: its {name} is {string.Join("x", source.Shape)}, the model's {string.Join("x", target.shape)}{origin}. Give weights that were trained with this spec.");
            }
        }

        if (stored.Tensors.Keys.FirstOrDefault(name => !tensors.ContainsKey(name)) is { } surplus)
        {
            throw new InputException($"{path} does not fit {model.Model.Id}: the model has no {surplus}{origin}. Give weights that were trained with this spec.");
        }

        // Names and shapes fit, and yet another network may stand behind them: other strides, another activation. Files of other tools
        // have no fingerprint.
        if (stored.Metadata.TryGetValue("architecture_fingerprint", out var fingerprint) && fingerprint != model.Model.ArchitectureFingerprint)
        {
            throw new InputException($"{path} does not fit {model.Model.Id}: its tensors have the same names and shapes, but the network that was trained is another one{origin}. Give weights that were trained with this spec.");
        }

        ModelState.Restore(model, stored.Tensors);
    }
}
