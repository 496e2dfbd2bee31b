using FashionCnn.Compiler;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Interchange.Onnx;

/// <summary>A model as the bytes of an ONNX file, all but the weights, which are read while the file is written.</summary>
internal sealed class OnnxModel
{
    // Newer ones are unknown to the programs that many systems have: Debian 12's checker knows these.
    public const int Opset = 17;
    public const int IrVersion = 8;

    // What Protocol Buffers can hold.
    private const int MaxBytes = int.MaxValue;

    private readonly byte[] head;
    private readonly byte[] graphRest;
    private readonly byte[] metadata;
    private readonly OnnxGraph graph;
    private readonly int graphLength;

    private OnnxModel(byte[] head, OnnxGraph graph, byte[] graphRest, byte[] metadata, int graphLength)
    {
        this.head = head;
        this.graph = graph;
        this.graphRest = graphRest;
        this.metadata = metadata;
        this.graphLength = graphLength;
    }

    /// <summary>The model of a spec; null where it is larger than a file may be.</summary>
    public static OnnxModel? Of(CompiledSpec spec, OnnxOptions options)
    {
        var plan = spec.Plan!;
        var network = plan.Network!;
        var (height, width, channels) = (network.Input.Height, network.Input.Width, network.Input.Channels);
        var rows = $"{Text.Plural(height, "row")} x {Text.Plural(width, "column")}";
        var output = options.HasLogits ? "logits" : "probabilities";
        var graph = OnnxGraph.Of(network, OnnxExport.InputName, output, options.IsChannelsFirst, endsInSoftmax: !options.HasLogits);
        if (graph.Tensors.Sum(tensor => tensor.Length) > MaxBytes)
        {
            return null;
        }

        var rest = OnnxMessages.GraphRest(
            plan.Id,
            OnnxMessages.Value(
                OnnxExport.InputName,
                $"Images, N x {(options.IsChannelsFirst ? $"{Text.Plural(channels, "channel")} x {rows}" : $"{rows} x {Text.Plural(channels, "channel")}")}. Pixels from 0 to 1: bytes are divided by 255.",
                "N",
                options.IsChannelsFirst ? [channels, height, width] : [height, width, channels]),
            OnnxMessages.Value(
                output,
                $"{(options.HasLogits ? "Logits, of which softmax makes probabilities" : "Probabilities, which sum to 1 for each image")}, N x {network.Classes} classes.",
                "N",
                [network.Classes]));
        var graphLength = rest.Length + graph.Nodes.Sum(node => Framed(OnnxMessages.GraphNode, node.Length)) + graph.Tensors.Sum(tensor => Framed(OnnxMessages.GraphInitializer, LengthOf(tensor)));
        var head = OnnxMessages.ModelHead(IrVersion, Opset, "FashionCnn", typeof(OnnxModel).Assembly.GetName().Version!.ToString(3), plan.Description);
        var metadata = OnnxMessages.ModelMetadata(OnnxExport.Metadata(spec, options));
        return head.Length + Framed(OnnxMessages.ModelGraph, graphLength) + metadata.Length > MaxBytes ? null : new OnnxModel(head, graph, rest, metadata, (int)graphLength);
    }

    /// <summary>Writes the file.</summary>
    /// <param name="stream">Takes it.</param>
    /// <param name="read">Reads the weights.</param>
    public void Write(Stream stream, ReadTensor read)
    {
        stream.Write(head);
        stream.Write(OnnxMessages.Prefix(OnnxMessages.ModelGraph, graphLength));
        stream.Write(graphRest);
        foreach (var node in graph.Nodes)
        {
            stream.Write(OnnxMessages.Prefix(OnnxMessages.GraphNode, node.Length));
            stream.Write(node);
        }

        foreach (var tensor in graph.Tensors)
        {
            stream.Write(OnnxMessages.Prefix(OnnxMessages.GraphInitializer, (int)LengthOf(tensor)));
            stream.Write(tensor.Head);
            stream.Write(OnnxMessages.Prefix(OnnxMessages.TensorRawData, (int)tensor.Length));
            WriteValues(stream, tensor, read);
        }

        stream.Write(metadata);
    }

    private static void WriteValues(Stream stream, OnnxTensor tensor, ReadTensor read)
    {
        if (tensor.Weight is null)
        {
            stream.Write(tensor.Values);
            return;
        }

        long written = 0;
        read(tensor.Weight, bytes =>
        {
            written += bytes.Length;
            stream.Write(bytes);
        });
        if (written != tensor.Length)
        {
            throw new InvalidOperationException($"{tensor.Weight} has {written} bytes, not {tensor.Length}.");
        }
    }

    private static long LengthOf(OnnxTensor tensor) => tensor.Head.Length + Framed(OnnxMessages.TensorRawData, tensor.Length);

    // With the tag and the length before it. What is too long by itself needs no exact answer.
    private static long Framed(int field, long length) => OnnxMessages.Prefix(field, (int)Math.Min(length, MaxBytes)).Length + length;
}
