using System.Runtime.InteropServices;
using FashionCnn.Compiler.Layers;
using PureHDF;

namespace FashionCnn.Interchange.Keras;

/// <summary>Writes the weights of a model as Keras's <c>model.weights.h5</c> has them: a group for each layer, its tensors by number.</summary>
internal static class KerasWeightsWriter
{
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
            foreach (var tensor in node.Layer is { } layer ? TensorsOf(layer) : [])
            {
                var source = $"{node.Name}.{tensor.Tensor}";
                var shape = TensorOrder.KerasShapeOf(tensor.Order, shapes[source], node.Layer!.Input);
                var index = $"{variables.Count}";
                if (shape.Length == 0)
                {
                    // Keras counts in integers. What is written later than the rest has to be an array.
                    variables[index] = new H5Dataset(checked((int)Values(source, read)[0]));
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
            writer.Write(place, TensorOrder.ToKeras(tensor.Order, Values(source, read), shape));
        }
    }

    /// <summary>The tensors that a layer has.</summary>
    public static IEnumerable<KerasTensor> TensorsOf(PlannedLayer layer) => layer.Kind.Keras.Tensors.Where(tensor =>
        (tensor.If is not { } key || layer.Get(key)) && (tensor.Unless is not { } given || layer.Settings.Find(layer.Kind.Table, given) is null));

    private static H5Group Variables(string name) => new() { Attributes = new Dictionary<string, object> { ["name"] = name } };

    private static float[] Values(string tensor, ReadTensor read)
    {
        var bytes = new MemoryStream();
        read(tensor, bytes.Write);
        return MemoryMarshal.Cast<byte, float>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)).ToArray();
    }
}
