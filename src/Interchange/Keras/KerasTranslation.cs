using System.Globalization;
using System.Text.Json;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Interchange.Structure;

namespace FashionCnn.Interchange.Keras;

/// <summary>Makes of Keras's layers those of a spec, as a graph.</summary>
internal sealed class KerasTranslation
{
    private readonly KerasGraph source;
    private readonly bool keepsInitializers;
    private readonly Faults faults;
    private readonly List<Node> nodes = [];

    // What gives each layer's output: a node, the image, or the layer that it only repeats.
    private readonly Dictionary<int, int> values = new() { [KerasGraph.Image] = Node.Image };

    private KerasTranslation(KerasGraph source, bool keepsInitializers, Faults faults)
    {
        this.keepsInitializers = keepsInitializers;
        this.source = source;
        this.faults = faults;
    }

    /// <summary>The nodes, in the order of the layers. Null when there are none, which is reported.</summary>
    public static Graph? Of(KerasGraph source, bool keepsInitializers, Faults faults)
    {
        var translation = new KerasTranslation(source, keepsInitializers, faults);
        for (var i = 0; i < source.Layers.Count; i++)
        {
            translation.Add(i, source.Layers[i]);
        }

        if (!faults.Any && translation.values[source.Output] == Node.Image)
        {
            faults.Add("the model", "it has no layers");
        }

        // The output's node is the last one: everything after it serves nothing.
        return faults.Any ? null : new Graph([.. translation.nodes.Take(translation.values[source.Output] + 1)]);
    }

    private void Add(int index, KerasLayer layer)
    {
        var inputs = layer.Inputs.Select(input => values[input]).ToList();
        values[index] = inputs.FirstOrDefault(Node.Image);
        if (LayerTable.Kinds.FirstOrDefault(kind => kind.Keras.Addend == layer.Class) is { } addend)
        {
            values[index] = AddScaledSum(layer, addend, inputs);
            return;
        }

        if (layer.Number is { } number && LayerTable.Kinds.FirstOrDefault(kind => kind.Keras.Operations.Any(operation => operation.Operation == layer.Class)) is { } operation && inputs.Count == 1)
        {
            var key = operation.Keras.Operations.First(pair => pair.Operation == layer.Class).Key;
            nodes.Add(new Node(operation, [.. operation.Table.Keys.Select((other, i) => i == key ? Text.Number(number) : other.IsRequired ? "1" : null)], inputs, layer.Name, [layer.Path]));
            values[index] = nodes.Count - 1;
            return;
        }

        if (KerasSettings.Choose(layer.Class.StartsWith(KerasLayer.Operation, StringComparison.Ordinal) ? layer.Class[KerasLayer.Operation.Length..] : layer.Class, layer.Config) is not { } kind)
        {
            faults.Add(layer.Where, layer.Class == "Lambda" ? "a Lambda layer holds code, which is never run" : "there is no such layer in a spec");
            return;
        }

        if (kind.Keras.Tensors.Count > 0 && faults.Shared.Contains(layer.Path))
        {
            faults.Add(layer.Where, "it is called several times with the same weights; each layer of a spec has its own");
        }

        if (kind.JoinsBranches ? inputs.Count < 2 : inputs.Count != 1)
        {
            faults.Add(layer.Where, $"it reads {inputs.Count.ToString(CultureInfo.InvariantCulture)} {(inputs.Count == 1 ? "value" : "values")}");
            return;
        }

        CheckAxis(layer);
        var settings = KerasSettings.Read(layer, kind, keepsInitializers, faults);
        // What does nothing is left out: Keras writes it in the place of a layer that an option of the model would add.
        if (kind.Keras.Nothing is { } nothing && settings[kind.Table.IndexOf(nothing.Key)] == nothing.Value)
        {
            return;
        }

        nodes.Add(new Node(kind, settings, inputs, layer.Name, [layer.Path]));
        values[index] = nodes.Count - 1;
    }

    private int AddScaledSum(KerasLayer layer, LayerKind addend, List<int> inputs)
    {
        var sum = LayerTable.Kinds.First(kind => kind.Keras.IsSum);
        if (inputs.Count != 2)
        {
            faults.Add(layer.Where, $"it reads {inputs.Count} values");
            return Node.Image;
        }

        nodes.Add(new Node(addend, KerasSettings.Read(layer, addend, keepsInitializers, faults), [inputs[1]], $"{layer.Name}_scale", [layer.Path]));
        nodes.Add(new Node(sum, [.. sum.Table.Keys.Select(_ => (string?)null)], [inputs[0], nodes.Count - 1], layer.Name, [layer.Path]));
        return nodes.Count - 1;
    }

    // A spec's layers act on channels. Which axis that is depends on the rank, which the finished spec tells.
    private void CheckAxis(KerasLayer layer)
    {
        if (layer.Config.Find("axis") is { } axis && Axis(axis) is not (-1 or 1 or 3))
        {
            faults.Add(layer.Where, $"\"axis\": {axis.Compact()}; the layers of a spec act on the last axis");
        }
    }

    /// <summary>The axis of a layer, also where it is an array of one; null where there is none or several.</summary>
    public static int? Axis(JsonElement axis) => axis.ValueKind == JsonValueKind.Array ? axis.GetArrayLength() == 1 ? axis[0].Integer() : null : axis.Integer();
}
