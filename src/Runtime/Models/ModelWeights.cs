using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>A model's weights and moving statistics, to and from safetensors files.</summary>
public static class ModelWeights
{
    // Files from before each tensor had one name hold those of a separable convolution once more under the names of backing fields.
    internal const string HiddenCopy = ">k__BackingField.";

    /// <summary>The key in a file's metadata of what tells one network from another.</summary>
    internal const string Fingerprint = "architecture_fingerprint";

    /// <summary>Writes the weights, whole or not at all, with the model's name and fingerprints.</summary>
    public static void Save(ImageClassifier model, string path)
    {
        using var scope = NewDisposeScope();
        Save(model.Model, model.state_dict(), path);
    }

    /// <summary>Writes weights that were copied before.</summary>
    public static void Save(ModelDescriptor model, ModelSnapshot weights, string path) => Save(model, weights.Tensors, path);

    /// <summary>Reads the weights into a model. A model that the file does not fit stays as it was.</summary>
    /// <exception cref="InputException">The file is damaged or of another network; the message names the first difference.</exception>
    public static void Load(ImageClassifier model, string path)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        var tensors = model.state_dict();
        var origin = file.Metadata.TryGetValue("model", out var id) ? $" (the file is of {id})" : string.Empty;
        foreach (var (name, target) in tensors)
        {
            if (!file.Tensors.TryGetValue(name, out var source))
            {
                throw new InputException($"{path} does not fit {model.Model.Id}: it has no {name}{origin}. Give weights that were trained with this spec.");
            }

            if (source.Type != target.dtype)
            {
                throw new InputException($"{path} does not fit {model.Model.Id}: its {name} does not hold 32-bit floats{origin}. Give weights that were trained with this spec.");
            }

            if (!source.Shape.SequenceEqual(target.shape))
            {
                throw new InputException(
                    $"{path} does not fit {model.Model.Id}: its {name} is {source.ShapeText}, the model's {string.Join("x", target.shape)}{origin}. Give weights that were trained with this spec.");
            }
        }

        if (file.Tensors.Keys.FirstOrDefault(name => !tensors.ContainsKey(name) && !name.Contains(HiddenCopy, StringComparison.Ordinal)) is { } surplus)
        {
            throw new InputException($"{path} does not fit {model.Model.Id}: the model has no {surplus}{origin}. Give weights that were trained with this spec.");
        }

        // Names and shapes fit, and yet another network may stand behind them: other strides, another activation. Files of other tools
        // have no fingerprint.
        if (file.Metadata.TryGetValue(Fingerprint, out var fingerprint) && fingerprint != model.Model.ArchitectureFingerprint)
        {
            throw new InputException($"{path} does not fit {model.Model.Id}: its tensors have the same names and shapes, but the network that was trained is another one{origin}. Give weights that were trained with this spec.");
        }

        foreach (var (name, target) in tensors)
        {
            file.ReadInto(name, target);
        }
    }

    private static void Save(ModelDescriptor model, IEnumerable<KeyValuePair<string, Tensor>> tensors, string path)
    {
        var metadata = new Dictionary<string, string>
        {
            ["model"] = model.Id,
            ["class"] = model.Name,
            [Fingerprint] = model.ArchitectureFingerprint,
            ["training_fingerprint"] = model.TrainingFingerprint,
        };
        AtomicFile.Write(path, stream => Safetensors.Write(stream, tensors, metadata));
    }
}
