using System.Globalization;
using System.Text.Json;

namespace FashionCnn.Storage;

/// <summary>A safetensors file as the file of a model's weights: what it says of them, and whether they fit a model.</summary>
internal static class WeightsFile
{
    /// <summary>The metadata key of the fingerprint that identifies a network.</summary>
    public const string Fingerprint = "architecture_fingerprint";

    /// <summary>The key of the version of what the tensors mean. Files of the first version have none; from the second on, Flatten has Keras's order.</summary>
    public const string Version = "weights_version";

    /// <summary>The key of the steps after which the weights were saved.</summary>
    public const string Steps = "global_step";

    /// <summary>The key of the names of the classes. Files that lie beside no run have them: those of imported models, and those that a program saves.</summary>
    public const string ClassNamesKey = "class_names";

    // Files from before each tensor had one name hold those of a separable convolution once more under the names of backing fields.
    private const string HiddenCopy = ">k__BackingField.";

    /// <summary>The tensor is there once more under its own name.</summary>
    public static bool IsHiddenCopy(string tensor) => tensor.Contains(HiddenCopy, StringComparison.Ordinal);

    /// <summary>The class names that a file of weights has; null when it has none, or not one for each class.</summary>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static IReadOnlyList<string>? ClassNames(string path, int classes)
    {
        using var file = SafetensorsFile.OpenToList(path);
        if (!file.Metadata.TryGetValue(ClassNamesKey, out var text))
        {
            return null;
        }

        try
        {
            using var names = JsonDocument.Parse(text);
            return Names(names.RootElement, classes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A list of names, one for each class; null for anything else.</summary>
    public static IReadOnlyList<string>? Names(JsonElement list, int classes) =>
        list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == classes && list.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String) && JsonDamage.Find(list) is null
            ? [.. list.EnumerateArray().Select(name => name.GetString()!)]
            : null;

    /// <summary>The steps after which the weights were saved; null when the file does not say so.</summary>
    public static long? StepsOf(SafetensorsFile file) =>
        file.Metadata.TryGetValue(Steps, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) ? steps : null;

    /// <summary>What messages say of the model that a file was written for.</summary>
    public static string OriginOf(SafetensorsFile file) => file.Metadata.TryGetValue("model", out var id) ? $" (the file is of {id})" : string.Empty;

    /// <summary>Refuses a file that does not fit a model.</summary>
    /// <param name="file">The file.</param>
    /// <param name="model">What the model needs.</param>
    /// <param name="flattensImages">The model flattens images of several pixels and channels.</param>
    /// <exception cref="InputException">The file is of another network, or holds NaN or infinity; the message names the first such tensor.</exception>
    public static void CheckFits(SafetensorsFile file, WeightsListing model, bool flattensImages)
    {
        var (path, id, origin) = (file.Path, model.Source, OriginOf(file));
        foreach (var needed in model.Tensors)
        {
            if (!file.Tensors.TryGetValue(needed.Name, out var source))
            {
                throw new InputException($"{path} does not fit {id}: it has no {needed.Name}{origin}. Give weights that were trained with this spec.");
            }

            if (source.TypeName != needed.Type)
            {
                throw new InputException($"{path} does not fit {id}: its {needed.Name} is of type {source.TypeName}{origin}. Convert the file to 32-bit floats (F32).");
            }

            if (!source.Shape.SequenceEqual(needed.Shape))
            {
                throw new InputException(
                    $"{path} does not fit {id}: its {needed.Name} is {source.ShapeText}, the model's {string.Join('x', needed.Shape)}{origin}. Give weights that were trained with this spec.");
            }
        }

        var names = model.Tensors.Select(tensor => tensor.Name).ToHashSet();
        if (file.Tensors.Keys.FirstOrDefault(name => !names.Contains(name) && !IsHiddenCopy(name)) is { } surplus)
        {
            throw new InputException($"{path} does not fit {id}: the model has no {surplus}{origin}. Give weights that were trained with this spec.");
        }

        // Even if names and shapes fit, the file may be of a different network: other strides, another activation. Files of other tools
        // have no fingerprint.
        if (file.Metadata.TryGetValue(Fingerprint, out var fingerprint) && fingerprint != model.Metadata[Fingerprint])
        {
            throw new InputException($"{path} does not fit {id}: its tensors have the same names and shapes, but are those of a different network{origin}. Give weights that were trained with this spec.");
        }

        CheckOrder(file.Path, file.Metadata, id, flattensImages);
        // All of them first: a model half filled is worse than none.
        foreach (var tensor in model.Tensors)
        {
            file.CheckFinite(tensor.Name, "Give other weights, or train again with a smaller learning rate.");
        }
    }

    /// <summary>A file from before images were flattened pixel by pixel, by what it says of itself.</summary>
    public static bool IsOfEarlierVersion(IReadOnlyDictionary<string, string> metadata) => metadata.ContainsKey(Fingerprint) && !metadata.ContainsKey(Version);

    /// <summary>Refuses a file from before images were flattened pixel by pixel.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">What it says of itself.</param>
    /// <param name="model">The model's id.</param>
    /// <param name="flattensImages">The model flattens images of several pixels and channels.</param>
    /// <exception cref="InputException">It is such a file, and the model flattens images.</exception>
    public static void CheckOrder(string path, IReadOnlyDictionary<string, string> metadata, string model, bool flattensImages)
    {
        if (flattensImages && IsOfEarlierVersion(metadata))
        {
            throw new InputException($"{path} was written by an earlier version of the program, which flattened images channel by channel; this one flattens them pixel by pixel, as Keras does. Train {model} again.");
        }
    }
}
