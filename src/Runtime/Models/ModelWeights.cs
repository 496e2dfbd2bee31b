using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>A model's weights and moving statistics, to and from safetensors files.</summary>
public static class ModelWeights
{
    private const string StepsKey = "global_step";

    // Files from before each tensor had one name hold those of a separable convolution once more under the names of backing fields.
    internal const string HiddenCopy = ">k__BackingField.";

    /// <summary>The metadata key of the fingerprint that identifies a network.</summary>
    internal const string Fingerprint = "architecture_fingerprint";

    /// <summary>The key of the version of what the tensors mean. Files of the first version have none; from the second on, Flatten has Keras's order.</summary>
    internal const string VersionKey = "weights_version";

    // Files that lie beside no run name their classes: those of imported models, and those that a program saves.
    private const string ClassNamesKey = "class_names";

    /// <summary>The class names that a file of weights has; null when it has none, or not one for each class.</summary>
    /// <exception cref="InputException">The file cannot be read.</exception>
    internal static IReadOnlyList<string>? ClassNames(string path, int classes)
    {
        using var file = SafetensorsFile.OpenToList(path);
        if (!file.Metadata.TryGetValue(ClassNamesKey, out var text))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text) is JsonArray list && list.Count == classes && list.All(name => name?.GetValueKind() == JsonValueKind.String) ? [.. list.Select(name => name!.GetValue<string>())] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the weights, whole or not at all, with the model's name and fingerprints.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file.</param>
    /// <param name="steps">The steps it was trained; null when that is not known.</param>
    public static void Save(ImageClassifier model, string path, long? steps = null) => Save(model, path, steps, classNames: null);

    /// <summary>Writes the weights with the names of the classes; null for none.</summary>
    internal static void Save(ImageClassifier model, string path, long? steps, IReadOnlyList<string>? classNames)
    {
        using var scope = NewDisposeScope();
        Save(model.Model, model.state_dict(), path, steps, classNames);
    }

    /// <summary>Writes weights that were copied before.</summary>
    internal static void Save(ModelDescriptor model, ModelSnapshot weights, string path, long? steps = null) => Save(model, weights.Tensors, path, steps);

    /// <summary>Reads the weights into a model. A model that the file does not fit stays as it was.</summary>
    /// <returns>The steps after which they were saved; null when the file does not say so.</returns>
    /// <exception cref="InputException">The file is damaged, of another network, or holds NaN or infinity; the message names the first such tensor.</exception>
    public static long? Load(ImageClassifier model, string path)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.Open(path);
        var tensors = model.state_dict();
        var origin = OriginOf(file);
        foreach (var (name, target) in tensors)
        {
            if (!file.Tensors.TryGetValue(name, out var source))
            {
                throw new InputException($"{path} does not fit {model.Model.Id}: it has no {name}{origin}. Give weights that were trained with this spec.");
            }

            if (source.Type != target.dtype)
            {
                throw new InputException($"{path} does not fit {model.Model.Id}: its {name} is of type {source.TypeName}{origin}. Convert the file to 32-bit floats (F32).");
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

        // Even if names and shapes fit, the file may be of a different network: other strides, another activation. Files of other tools
        // have no fingerprint.
        if (file.Metadata.TryGetValue(Fingerprint, out var fingerprint) && fingerprint != model.Model.ArchitectureFingerprint)
        {
            throw new InputException($"{path} does not fit {model.Model.Id}: its tensors have the same names and shapes, but are those of a different network{origin}. Give weights that were trained with this spec.");
        }

        CheckOrder(file, model.Model);
        // All of them first: a model half filled is worse than none.
        foreach (var name in tensors.Keys)
        {
            file.CheckFinite(name, "Give other weights, or train again with a smaller learning rate.");
        }

        foreach (var (name, target) in tensors)
        {
            file.ReadInto(name, target);
        }

        return StepsOf(file);
    }

    /// <summary>Reads into a model what fits it by name, shape and type, to start training with. All else stays as it was.</summary>
    /// <exception cref="InputException">Nothing fits, the file is damaged, or what fits holds NaN or infinity; the model stays as it was.</exception>
    internal static TakenWeights LoadFitting(ImageClassifier model, string path)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.OpenToList(path);
        var differences = WeightsListing.Of(file).DifferencesFrom(WeightsListing.Of(model, model.Model));
        var tensors = model.state_dict();
        var others = differences.Select(difference => difference.Name).ToHashSet();
        var taken = tensors.Keys.Where(name => !others.Contains(name)).ToList();
        if (taken.Count == 0)
        {
            throw new InputException(
                $"{path} does not fit {model.Model.Id}: none of its {file.Tensors.Count} tensors has the name, the shape and the type of one of the model's{OriginOf(file)}. Give weights of a model that has layers in common with this one.");
        }

        CheckOrder(file, model.Model);
        foreach (var name in taken)
        {
            file.CheckFinite(name, "Give other weights.");
        }

        var fingerprint = Sum(file);
        using var guard = no_grad();
        foreach (var name in taken)
        {
            file.ReadInto(name, tensors[name]);
        }

        var isNew = model.named_buffers().Any(buffer => others.Contains(buffer.name));
        return new TakenWeights(new InitialWeights(Path.GetFullPath(path), fingerprint, taken.Count, tensors.Count, isNew ? 0 : StepsOf(file)), differences);
    }

    private static long? StepsOf(SafetensorsFile file) =>
        file.Metadata.TryGetValue(StepsKey, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) ? steps : null;

    private static string OriginOf(SafetensorsFile file) => file.Metadata.TryGetValue("model", out var id) ? $" (the file is of {id})" : string.Empty;

    private static void CheckOrder(SafetensorsFile file, ModelDescriptor model)
    {
        if (file.Metadata.ContainsKey(Fingerprint) && !file.Metadata.ContainsKey(VersionKey) && FlattensImages(model))
        {
            throw new InputException($"{file.Path} was written by an earlier version of the program, which flattened images channel by channel; this one flattens them pixel by pixel, as Keras does. Train {model.Id} again.");
        }
    }

    private static string Sum(SafetensorsFile file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in file.Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor.TypeName} {tensor.ShapeText}\n"));
            file.ForEachPart(name, hash.AppendData);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // Of a single pixel or channel, both orders are the same.
    private static bool FlattensImages(ModelDescriptor model)
    {
        var shapes = model.Layers.ToDictionary(layer => layer.Name, layer => layer.OutputShape);
        shapes[LayerInfo.Image] = new LayerShape(model.Input.Height, model.Input.Width, model.Input.Channels);
        return model.Layers.Any(layer => layer.Kind == "Flatten" && layer.Inputs.Any(input => shapes[input] is { IsImage: true, Channels: > 1 } shape && shape.Height * shape.Width > 1));
    }

    private static void Save(ModelDescriptor model, IEnumerable<KeyValuePair<string, Tensor>> tensors, string path, long? steps, IReadOnlyList<string>? classNames = null)
    {
        var metadata = new Dictionary<string, string>
        {
            ["model"] = model.Id,
            ["class"] = model.Name,
            [Fingerprint] = model.ArchitectureFingerprint,
            [VersionKey] = "2",
            ["training_fingerprint"] = model.TrainingFingerprint,
        };
        if (steps is { } count)
        {
            metadata.Add(StepsKey, count.ToString(CultureInfo.InvariantCulture));
        }

        if (classNames is not null)
        {
            metadata.Add(ClassNamesKey, new JsonArray([.. classNames.Select(name => (JsonNode)name)]).ToJsonString());
        }

        AtomicFile.Write(path, stream => Safetensors.Write(stream, tensors, metadata));
    }
}
