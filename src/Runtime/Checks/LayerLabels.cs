using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Checks;

/// <summary>Names the layers that a model's operations belong to, asked in the order in which the model computes them.</summary>
internal sealed class LayerLabels
{
    // Operations of layers without weights: a model computes those of one kind in the order of its layers.
    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["max_pool2d"] = "MaxPooling2D",
        ["avg_pool2d"] = "AveragePooling2D",
        ["global_avg_pool2d"] = "GlobalAveragePooling2D",
        ["global_max_pool2d"] = "GlobalMaxPooling2D",
        ["interpolate"] = "UpSampling2D",
    };

    private readonly Dictionary<string, LayerInfo> layers;
    private readonly Dictionary<string, Queue<LayerInfo>> others;
    private readonly Dictionary<nn.Module, string> names = new((IEqualityComparer<nn.Module>)ReferenceEqualityComparer.Instance);

    public LayerLabels(ImageClassifier model)
    {
        layers = model.Model.Layers.ToDictionary(layer => layer.Name);
        others = model.Model.Layers.GroupBy(layer => layer.Kind).ToDictionary(group => group.Key, group => new Queue<LayerInfo>(group));
        foreach (var (name, module) in model.named_modules())
        {
            _ = names.TryAdd(module, name);
        }
    }

    /// <summary>Such as <c>conv7 (Conv2D)</c>; without a descriptor of the layer, <c>conv7 (conv2d)</c> or the operation's name.</summary>
    public string Of(Operation operation)
    {
        if (operation.Layer is { } module)
        {
            var name = names[module].Split('.')[0];
            return layers.TryGetValue(name, out var layer) ? Of(layer) : $"{name} ({operation.Name})";
        }

        return Kinds.TryGetValue(operation.Name, out var kind) && others.TryGetValue(kind, out var left) && left.TryDequeue(out var next) ? Of(next) : operation.Name;
    }

    private static string Of(LayerInfo layer) => $"{layer.Name} ({layer.Kind})";
}
