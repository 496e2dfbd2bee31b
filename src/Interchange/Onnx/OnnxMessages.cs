using Google.Protobuf;

namespace FashionCnn.Interchange.Onnx;

/// <summary>The types of a tensor's values that are used, by their numbers in ONNX.</summary>
internal enum OnnxElement
{
    /// <summary>32-bit floats.</summary>
    Float = 1,

    /// <summary>64-bit integers.</summary>
    Int64 = 7,
}

/// <summary>
/// Those messages of ONNX's public schema (onnx.proto, in the language of Protocol Buffers) that a model of layers needs, each as its bytes. The
/// numbers are those of the fields there. A tensor's values are not among the bytes: they follow them, see <see cref="OnnxModel"/>.
/// </summary>
internal static class OnnxMessages
{
    // ModelProto.
    public const int ModelGraph = 7;

    // GraphProto.
    public const int GraphNode = 1;
    public const int GraphInitializer = 5;

    // TensorProto.
    public const int TensorRawData = 9;

    // AttributeProto.AttributeType.
    private const int TypeFloat = 1;
    private const int TypeInt = 2;
    private const int TypeString = 3;
    private const int TypeInts = 7;

    /// <summary>What a ModelProto has before its graph.</summary>
    public static byte[] ModelHead(int irVersion, int opset, string producer, string version, string description) => Bytes(output =>
    {
        output.WriteInt64(1, irVersion);
        output.WriteText(2, producer);
        output.WriteText(3, version);
        output.WriteText(6, description);
        // OperatorSetIdProto; the operators of ONNX itself have no domain.
        output.WriteMessage(8, set => set.WriteInt64(2, opset));
    });

    /// <summary>What a ModelProto has behind its graph: texts by keys.</summary>
    public static byte[] ModelMetadata(IEnumerable<KeyValuePair<string, string>> texts) => Bytes(output =>
    {
        foreach (var (key, value) in texts)
        {
            // StringStringEntryProto.
            output.WriteMessage(14, entry =>
            {
                entry.WriteText(1, key);
                entry.WriteText(2, value);
            });
        }
    });

    /// <summary>What a GraphProto has beside its nodes and initializers.</summary>
    public static byte[] GraphRest(string name, byte[] input, byte[] output) => Bytes(graph =>
    {
        graph.WriteText(2, name);
        graph.WriteMessage(11, input);
        graph.WriteMessage(12, output);
    });

    /// <summary>A ValueInfoProto of floats: what goes into the graph or comes out. Its first dimension is the number of images, which is free.</summary>
    public static byte[] Value(string name, string description, string batch, IEnumerable<long> sizes) => Bytes(value =>
    {
        value.WriteText(1, name);
        // TypeProto, its TypeProto.Tensor, TensorShapeProto and its dimensions.
        value.WriteMessage(2, type => type.WriteMessage(1, tensor =>
        {
            tensor.WriteInt64(1, (int)OnnxElement.Float);
            tensor.WriteMessage(2, shape =>
            {
                shape.WriteMessage(1, dimension => dimension.WriteText(2, batch));
                foreach (var size in sizes)
                {
                    shape.WriteMessage(1, dimension => dimension.WriteInt64(1, size));
                }
            });
        }));
        value.WriteText(3, description);
    });

    /// <summary>A NodeProto.</summary>
    public static byte[] Node(string name, string @operator, IEnumerable<string> inputs, string output, IEnumerable<(string Name, object Value)> attributes) => Bytes(node =>
    {
        foreach (var input in inputs)
        {
            // Also an empty one, which stands for an input that is left out.
            node.WriteText(1, input);
        }

        node.WriteText(2, output);
        node.WriteText(3, name);
        node.WriteText(4, @operator);
        foreach (var (key, value) in attributes)
        {
            node.WriteMessage(5, attribute => WriteAttribute(attribute, key, value));
        }
    });

    /// <summary>What a TensorProto has before its values.</summary>
    public static byte[] TensorHead(string name, OnnxElement type, IEnumerable<long> shape) => Bytes(tensor =>
    {
        foreach (var size in shape)
        {
            tensor.WriteInt64(1, size);
        }

        tensor.WriteInt64(2, (int)type);
        tensor.WriteText(8, name);
    });

    /// <summary>The bytes of the tag and the length that stand before a field of bytes or a message.</summary>
    public static byte[] Prefix(int field, int length) => Bytes(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(length);
    });

    private static void WriteAttribute(CodedOutputStream attribute, string name, object value)
    {
        attribute.WriteText(1, name);
        switch (value)
        {
            case double number:
                attribute.WriteTag(2, WireFormat.WireType.Fixed32);
                attribute.WriteFloat((float)number);
                attribute.WriteInt64(20, TypeFloat);
                break;
            case long integer:
                attribute.WriteInt64(3, integer);
                attribute.WriteInt64(20, TypeInt);
                break;
            case string word:
                attribute.WriteText(4, word);
                attribute.WriteInt64(20, TypeString);
                break;
            case IEnumerable<long> integers:
                foreach (var integer in integers)
                {
                    attribute.WriteInt64(8, integer);
                }

                attribute.WriteInt64(20, TypeInts);
                break;
            default:
                throw new ArgumentException($"No attribute is of the type {value.GetType().Name}.", nameof(value));
        }
    }

    private static void WriteInt64(this CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    private static void WriteText(this CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    private static void WriteMessage(this CodedOutputStream output, int field, Action<CodedOutputStream> write) => output.WriteMessage(field, Bytes(write));

    private static void WriteMessage(this CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message));
    }

    private static byte[] Bytes(Action<CodedOutputStream> write)
    {
        using var memory = new MemoryStream();
        using var output = new CodedOutputStream(memory);
        write(output);
        output.Flush();
        return memory.ToArray();
    }
}
