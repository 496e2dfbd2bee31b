using System.Runtime.InteropServices;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;

namespace FashionCnn.Interchange.Onnx;

/// <summary>A tensor that a model holds.</summary>
/// <param name="Head">Its message up to the values.</param>
/// <param name="Length">The bytes of its values.</param>
/// <param name="Weight">The tensor of the state dict whose values it has; null for one that has its own.</param>
/// <param name="Values">Its own values.</param>
internal sealed record OnnxTensor(byte[] Head, long Length, string? Weight, byte[] Values);

/// <summary>The nodes and tensors of a network: what its layer kinds state, one after the other, with names.</summary>
/// <remarks>
/// Names of values have a slash in them, those of weights a dot; only the input and the output of the graph have neither. So none of them is another's.
/// </remarks>
internal sealed class OnnxGraph
{
    private readonly List<byte[]> nodes = [];
    private readonly List<OnnxTensor> tensors = [];
    private readonly Dictionary<OnnxValue, string> names = [];
    private readonly HashSet<string> taken = [];

    private OnnxGraph()
    {
    }

    /// <summary>The nodes, in an order in which each comes after those that it reads.</summary>
    public IReadOnlyList<byte[]> Nodes => nodes;

    /// <summary>The tensors.</summary>
    public IReadOnlyList<OnnxTensor> Tensors => tensors;

    /// <summary>The graph of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="input">The name of the images.</param>
    /// <param name="output">The name of what comes out.</param>
    /// <param name="isChannelsFirst">The images are N x channels x height x width; otherwise N x height x width x channels.</param>
    /// <param name="endsInSoftmax">Probabilities come out; otherwise logits.</param>
    public static OnnxGraph Of(NetworkPlan network, string input, string output, bool isChannelsFirst, bool endsInSoftmax)
    {
        var graph = new OnnxGraph();
        var images = new OnnxInput(input);
        OnnxValue first = isChannelsFirst ? images : images.To(OnnxOperator.Transpose).With("perm", 0, 3, 1, 2);
        var values = new Dictionary<string, OnnxValue> { [PlannedLayer.ImageName] = first };
        var layers = LayerListing.Of(network);
        foreach (var (layer, inputs) in layers)
        {
            values[layer.Name] = layer.Kind.JoinsBranches
                ? layer.Kind.Onnx([.. inputs.Select(name => values[name])])
                : layer.Kind.Onnx(layer, values[inputs[0]]);
        }

        var last = values[layers[^1].Layer.Name];
        if (endsInSoftmax)
        {
            last = last.To(OnnxOperator.Softmax).WithInteger("axis", 1);
        }

        graph.names[last] = output;
        graph.Add(first, input);
        foreach (var (layer, _) in layers)
        {
            graph.Add(values[layer.Name], layer.Name);
        }

        graph.Add(last, output);
        return graph;
    }

    /// <summary>Adds a value of a layer, and those of which it is made, unless they are there; gives its name.</summary>
    private string Add(OnnxValue value, string layer)
    {
        if (names.TryGetValue(value, out var name) && taken.Contains(name))
        {
            return name;
        }

        switch (value)
        {
            case OnnxInput image:
                name = image.Name;
                _ = taken.Add(name);
                break;
            case OnnxWeight weight:
                name = Own($"{layer}.{weight.Tensor}");
                tensors.Add(new OnnxTensor(OnnxMessages.TensorHead(name, OnnxElement.Float, weight.Shape), LengthOf(weight.Shape, sizeof(float)), $"{layer}.{weight.Tensor}", []));
                break;
            case var none when ReferenceEquals(none, OnnxValue.None):
                return string.Empty;
            case OnnxConstant constant:
                name = Own($"{layer}/constant");
                var values = BytesOf(constant);
                tensors.Add(new OnnxTensor(OnnxMessages.TensorHead(name, constant.IsInteger ? OnnxElement.Int64 : OnnxElement.Float, constant.Shape), values.Length, null, values));
                break;
            case OnnxNode node:
                var inputs = node.Inputs.Select(input => Add(input, layer)).ToList();
                var nodeName = Own($"{layer}/{node.Operator}");
                name ??= nodeName;
                _ = taken.Add(name);
                nodes.Add(OnnxMessages.Node(nodeName, node.Operator.ToString(), inputs, name, node.Attributes.Select(attribute => (attribute.Name, attribute.Value))));
                break;
            default:
                throw new ArgumentException($"{value.GetType().Name} is no value of a graph.", nameof(value));
        }

        names[value] = name;
        return name;
    }

    private string Own(string name)
    {
        var own = name;
        for (var i = 2; !taken.Add(own); i++)
        {
            own = $"{name}_{i}";
        }

        return own;
    }

    private static byte[] BytesOf(OnnxConstant constant) => constant.IsInteger
        ? MemoryMarshal.AsBytes<long>(constant.Values.Select(value => (long)value).ToArray()).ToArray()
        : MemoryMarshal.AsBytes<float>(constant.Values.Select(value => (float)value).ToArray()).ToArray();

    private static long LengthOf(IEnumerable<long> shape, int size) => shape.Aggregate((long)size, (product, length) => checked(product * length));
}
