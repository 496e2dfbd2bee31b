using System.Runtime.InteropServices;
using FashionCnn.Compiler.Layers;
using PureHDF;

namespace FashionCnn.Interchange.Keras;

/// <summary>Writes the weights of a model as Keras's <c>model.weights.h5</c> has them: a group for each layer, its tensors by number.</summary>
internal static class KerasWeightsWriter
{
    // The largest single that fits into an integer of 32 bits. What a count counts matters to nobody.
    private const float MaxCount = 2147483520;

    /// <summary>Writes them.</summary>
    /// <param name="stream">Takes the file; it can seek.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="layers">The layers in Keras's order.</param>
    /// <param name="shapes">The sizes of the state dict's tensors.</param>
    /// <param name="read">Reads one of them.</param>
    public static void Write(Stream stream, string name, IReadOnlyList<KerasNode> layers, IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, ReadTensor read)
    {
        var groups = new H5Group();
        var places = new KerasPlaces(string.Empty);
        var tensors = new List<(H5Dataset<float[]> Place, KerasTensor Tensor, string Name, long[] Shape)>();
        foreach (var node in layers)
        {
            var variables = Variables(node.Name);
            foreach (var tensor in node.Layer?.Tensors ?? [])
            {
                var source = $"{node.Name}.{tensor.Tensor}";
                var shape = TensorOrder.KerasShapeOf(tensor.Order, shapes[source], node.Layer!.Input);
                var index = $"{variables.Count}";
                if (shape.Length == 0)
                {
                    // Keras counts in integers. What is written later than the rest has to be an array.
                    variables[index] = new H5Dataset((int)Math.Min(Values(source, 1, read)[0], MaxCount));
                }
                else
                {
                    tensors.Add((new H5Dataset<float[]>(fileDims: [.. shape.Select(size => (ulong)size)]), tensor, source, shape));
                    variables[index] = tensors[^1].Place;
                }
            }

            groups[places.Next(node.ShortClass)["layers/".Length..]] = new H5Group { ["vars"] = variables };
        }

        var file = new H5File { ["layers"] = groups, ["vars"] = Variables(name) };
        using var writer = file.BeginWrite(stream);
        foreach (var (place, tensor, source, shape) in tensors)
        {
            writer.Write(place, TensorOrder.ToKeras(tensor.Order, Values(source, shape.Aggregate(1L, (product, size) => product * size), read), shape));
        }
    }

    private static H5Group Variables(string name) => new() { Attributes = new Dictionary<string, object> { ["name"] = name } };

    private static float[] Values(string tensor, long count, ReadTensor read)
    {
        var values = new float[count];
        long filled = 0;
        read(tensor, bytes =>
        {
            if (filled + bytes.Length <= count * sizeof(float))
            {
                bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan((int)(filled / sizeof(float)))));
            }

            filled += bytes.Length;
        });
        return filled == count * sizeof(float) ? values : throw new InvalidOperationException($"{tensor} has {filled} bytes, not {count * sizeof(float)}.");
    }
}
