using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>A model's weights and moving statistics, to and from safetensors files.</summary>
public static class ModelWeights
{
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
        WeightsFile.CheckFits(file, ListingOf(model), FlattensImages(model.Model));
        foreach (var (name, target) in tensors)
        {
            file.ReadInto(name, target);
        }

        return WeightsFile.StepsOf(file);
    }

    /// <summary>Reads into a model what fits it by name, shape and type, to start training with. All else stays as it was.</summary>
    /// <exception cref="InputException">Nothing fits, the file is damaged, or what fits holds NaN or infinity; the model stays as it was.</exception>
    internal static TakenWeights LoadFitting(ImageClassifier model, string path)
    {
        using var scope = NewDisposeScope();
        using var file = SafetensorsFile.OpenToList(path);
        var differences = WeightsListing.Of(file).DifferencesFrom(ListingOf(model));
        var tensors = model.state_dict();
        var others = differences.Select(difference => difference.Name).ToHashSet();
        var taken = tensors.Keys.Where(name => !others.Contains(name)).ToList();
        if (taken.Count == 0)
        {
            throw new InputException(
                $"{path} does not fit {model.Model.Id}: none of its {file.Tensors.Count} tensors has the name, the shape and the type of one of the model's{WeightsFile.OriginOf(file)}. Give weights of a model that has layers in common with this one.");
        }

        WeightsFile.CheckOrder(file.Path, file.Metadata, model.Model.Id, FlattensImages(model.Model));
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
        return new TakenWeights(new InitialWeights(Path.GetFullPath(path), fingerprint, taken.Count, tensors.Count, isNew ? 0 : WeightsFile.StepsOf(file)), differences);
    }

    private static WeightsListing ListingOf(ImageClassifier model) => WeightsListing.Of(
        model.Model.Id, model.Model.ArchitectureFingerprint, model.state_dict().Select(pair => new ListedTensor(pair.Key, pair.Value.shape, TensorBytes.NameOf(pair.Value.dtype))));

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
            [WeightsFile.Fingerprint] = model.ArchitectureFingerprint,
            [WeightsFile.Version] = "2",
            ["training_fingerprint"] = model.TrainingFingerprint,
        };
        if (steps is { } count)
        {
            metadata.Add(WeightsFile.Steps, count.ToString(CultureInfo.InvariantCulture));
        }

        if (classNames is not null)
        {
            metadata.Add(WeightsFile.ClassNamesKey, new JsonArray([.. classNames.Select(name => (JsonNode)name)]).ToJsonString());
        }

        AtomicFile.Write(path, stream => Safetensors.Write(stream, tensors, metadata));
    }
}
