using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Checks;

/// <summary>Names the layers that a model's operations belong to, asked in the order in which the model computes them.</summary>
internal sealed class LayerLabels
{
    // Operations of layers without weights, which are found by their place after the layer before.
    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["max_pool2d"] = "MaxPooling2D",
        ["avg_pool2d"] = "AveragePooling2D",
        ["global_avg_pool2d"] = "GlobalAveragePooling2D",
        ["global_max_pool2d"] = "GlobalMaxPooling2D",
        ["interpolate"] = "UpSampling2D",
    };

    private readonly IReadOnlyList<LayerInfo> layers;
    private readonly Dictionary<nn.Module, string> names = new((IEqualityComparer<nn.Module>)ReferenceEqualityComparer.Instance);
    private int place = -1;

    public LayerLabels(ImageClassifier model)
    {
        layers = model.Model.Layers;
        foreach (var (name, module) in model.named_modules())
        {
            _ = names.TryAdd(module, name);
        }
    }

    /// <summary>Such as <c>conv7 (Conv2D)</c>; without a descriptor of the layer, <c>conv7 (conv2d)</c> or the operation's name.</summary>
    public string Of(Operation operation)
    {
        var name = operation.Layer is { } layer ? names[layer].Split('.')[0] : null;
        var found = place + 1;
        while (found < layers.Count && !(name is not null ? layers[found].Name == name : layers[found].Kind == Kinds.GetValueOrDefault(operation.Name)))
        {
            found++;
        }

        if (found < layers.Count)
        {
            place = found;
            return Of(layers[found]);
        }

        // A layer of two operations.
        return layers.FirstOrDefault(other => other.Name == name) is { } same ? Of(same) : name is null ? operation.Name : $"{name} ({operation.Name})";
    }

    private static string Of(LayerInfo layer) => $"{layer.Name} ({layer.Kind})";
}
