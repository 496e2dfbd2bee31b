using System.Text.Json.Serialization;

namespace FashionCnn.Storage;

/// <summary>A tensor of a file or of a model.</summary>
/// <param name="Name">Its name in the state dict.</param>
/// <param name="Shape">The sizes; empty for a single value.</param>
/// <param name="Type">As safetensors names it, such as <c>F32</c>.</param>
internal sealed record ListedTensor(string Name, IReadOnlyList<long> Shape, string Type)
{
    /// <summary>The shape as messages show it, such as <c>64x1x3x3</c>.</summary>
    [JsonIgnore]
    public string ShapeText => Shape.Count == 0 ? "one value" : string.Join('x', Shape);
}

/// <summary>A tensor that is different in a file or model and in another.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Here">What the first one has; null when it has none.</param>
/// <param name="There">What the other one has; null when it has none.</param>
internal sealed record TensorDifference(string Name, ListedTensor? Here, ListedTensor? There);

/// <summary>The tensors of a file of weights or of a model, in order.</summary>
/// <param name="Source">The file or the model's id.</param>
/// <param name="Tensors">Each tensor.</param>
/// <param name="Metadata">What a file says of itself.</param>
internal sealed record WeightsListing(string Source, IReadOnlyList<ListedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>A file from before images were flattened pixel by pixel.</summary>
    public bool IsOfEarlierVersion { get; private init; }

    /// <summary>Those of a file.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    public static WeightsListing Of(string path)
    {
        using var file = SafetensorsFile.OpenToList(path);
        return Of(file);
    }

    /// <summary>Those of a file.</summary>
    public static WeightsListing Of(SafetensorsFile file) =>
        new(file.Path, [.. file.Tensors.Select(pair => new ListedTensor(pair.Key, pair.Value.Shape, pair.Value.TypeName))], file.Metadata) { IsOfEarlierVersion = WeightsFile.IsOfEarlierVersion(file.Metadata) };

    /// <summary>Those that a model needs.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="fingerprint">That of its architecture.</param>
    /// <param name="tensors">Its tensors, in the order of the state dict.</param>
    public static WeightsListing Of(string model, string fingerprint, IEnumerable<ListedTensor> tensors) =>
        new(model, [.. tensors], new Dictionary<string, string> { [WeightsFile.Fingerprint] = fingerprint });

    /// <summary>How this one differs from another: first by the other's order, then what the other has not.</summary>
    public IReadOnlyList<TensorDifference> DifferencesFrom(WeightsListing other)
    {
        var here = Tensors.ToDictionary(tensor => tensor.Name);
        var there = other.Tensors.Select(tensor => tensor.Name).ToHashSet();
        return
        [
            .. other.Tensors.Where(tensor => !here.TryGetValue(tensor.Name, out var mine) || mine.Type != tensor.Type || !mine.Shape.SequenceEqual(tensor.Shape))
                .Select(tensor => new TensorDifference(tensor.Name, here.GetValueOrDefault(tensor.Name), tensor)),
            .. Tensors.Where(tensor => !there.Contains(tensor.Name) && !WeightsFile.IsHiddenCopy(tensor.Name)).Select(tensor => new TensorDifference(tensor.Name, tensor, null)),
        ];
    }

    /// <summary>Both say which network they are of, and it is not the same.</summary>
    public bool IsOfAnotherNetwork(WeightsListing other) =>
        Metadata.TryGetValue(WeightsFile.Fingerprint, out var mine) && other.Metadata.TryGetValue(WeightsFile.Fingerprint, out var its) && mine != its;
}
