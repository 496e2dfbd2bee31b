using System.Runtime.InteropServices;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using FashionCnn.Interchange.Structure;
using FashionCnn.Storage;

namespace FashionCnn.Interchange.Keras;

/// <summary>Which tensor of a file goes where, checked against the spec before anything is written.</summary>
internal sealed class WeightsPlan
{
    private readonly KerasWeights source;
    private readonly List<Planned> tensors;

    private WeightsPlan(KerasWeights source, List<Planned> tensors)
    {
        this.source = source;
        this.tensors = tensors;
    }

    /// <summary>The values of all tensors.</summary>
    public long Values => tensors.Sum(tensor => Product(tensor.Source));

    /// <summary>Finds the tensors of all layers.</summary>
    /// <param name="source">The file's weights.</param>
    /// <param name="layers">Each layer of the spec with the node that it is and the layer of Keras.</param>
    /// <param name="reversed">The node whose kernel's input channels change their order.</param>
    /// <exception cref="InvalidDataException">A tensor is missing, or of another shape or type; the message names it.</exception>
    public static WeightsPlan Of(KerasWeights source, IEnumerable<(PlannedLayer Layer, Node Node, KerasLayer Keras)> layers, Node? reversed)
    {
        var tensors = new List<Planned>();
        foreach (var (layer, node, keras) in layers)
        {
            var index = 0;
            long values = 0;
            foreach (var tensor in layer.Tensors)
            {
                var data = source.Find(keras, index++, tensor.Name) ?? throw new InvalidDataException($"{keras.Where} has no {tensor.Name}.");
                var shape = KerasWeights.ShapeOf(data);
                // Before anything is read: a damaged file may announce any size.
                if (shape.Any(size => size is < 0 or > int.MaxValue) || Product(shape) > layer.Counts.Parameters || !Fits(tensor, shape, layer))
                {
                    throw new InvalidDataException($"the {tensor.Name} of {keras.Where} is {string.Join('x', shape)}, which does not fit its {layer.Input} input and {layer.Output} output.");
                }

                if (tensor.Order != KerasOrder.Count && !KerasWeights.IsFloat(data))
                {
                    throw new InvalidDataException($"the {tensor.Name} of {keras.Where} is not of 32-bit floats.");
                }

                var reverses = index == 1 && reversed is not null && ReferenceEquals(node, reversed);
                if (reverses && shape[2] != 3)
                {
                    throw new InputException($"Pixels as caffe has them need a first convolution of three channels, and {keras.Where} takes {shape[2]}.") { Setting = InputSetting.Pixels };
                }

                values += Product(shape);
                tensors.Add(new Planned($"{layer.Name}.{tensor.Tensor}", keras, index - 1, tensor, shape, reverses));
            }

            if (values != layer.Counts.Parameters)
            {
                throw new InvalidDataException($"{keras.Where} has {values:N0} weights, its layer in the spec {layer.Counts.Parameters:N0}.");
            }
        }

        var plan = new WeightsPlan(source, tensors);
        // The spec is of the same file, and a tensor may be announced without any data.
        return plan.Values <= source.Length / sizeof(float) ? plan : throw new InvalidDataException($"its tensors are to hold {plan.Values:N0} values, more than there is room for.");
    }

    /// <summary>Writes the safetensors file.</summary>
    /// <param name="stream">Takes it.</param>
    /// <param name="spec">The spec.</param>
    /// <param name="metadata">Texts beside those that say which network it is.</param>
    /// <param name="path">The file that is read, for messages.</param>
    public void Write(Stream stream, CompiledSpec spec, IReadOnlyDictionary<string, string> metadata, string path)
    {
        var network = spec.Plan!.Network!;
        var texts = new Dictionary<string, string>
        {
            ["model"] = spec.Plan.Id,
            ["class"] = spec.Plan.ClassName,
            ["architecture_fingerprint"] = Fingerprint.OfArchitecture(network),
            ["weights_version"] = "2",
            ["training_fingerprint"] = Fingerprint.OfTraining(network),
        };
        foreach (var (key, value) in metadata)
        {
            texts[key] = value;
        }

        SafetensorsHeader.Write(stream, tensors.Select(tensor => new SafetensorsEntry(tensor.Name, "F32", TensorOrder.ShapeOf(tensor.Tensor.Order, tensor.Source), 4 * Product(tensor.Source))), texts);
        foreach (var tensor in tensors)
        {
            // What goes wrong with the file that is written is no fault of the one that is read.
            var values = KerasFile.Reading(path, () => Read(tensor));
            var ordered = TensorOrder.Of(tensor.Tensor.Order, values, tensor.Source, tensor.ReversesChannels);
            stream.Write(MemoryMarshal.AsBytes<float>(ordered));
        }
    }

    private float[] Read(Planned tensor)
    {
        var values = source.Read(source.Find(tensor.Layer, tensor.Index, tensor.Tensor.Name)!);
        if (values.LongLength != Product(tensor.Source))
        {
            throw new InvalidDataException($"the {tensor.Tensor.Name} of {tensor.Layer.Where} ends too early.");
        }

        return Array.FindIndex(values, value => !float.IsFinite(value)) < 0 ? values
            : throw new InvalidDataException($"the {tensor.Tensor.Name} of {tensor.Layer.Where} holds NaN or infinity.");
    }

    private static bool Fits(KerasTensor tensor, long[] shape, PlannedLayer layer)
    {
        var hasRank = tensor.Order switch
        {
            KerasOrder.Reversed => shape.Length is 2 or 4,
            KerasOrder.Depthwise => shape.Length == 4,
            KerasOrder.Image => shape.Length is 1 or 3,
            _ => shape.Length <= 1,
        };
        return hasRank && TensorOrder.ShapeOf(tensor.Order, shape).SequenceEqual(layer.ShapeOf(tensor));
    }

    private static long Product(long[] shape) => shape.Aggregate(1L, (product, size) => checked(product * size));

    private sealed record Planned(string Name, KerasLayer Layer, int Index, KerasTensor Tensor, long[] Source, bool ReversesChannels);
}
