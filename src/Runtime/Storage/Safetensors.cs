using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace FashionCnn.Storage;

/// <summary>
/// Writes safetensors, which other tools read too: the header's length (8 bytes, little-endian), a JSON header that gives type, shape
/// and place of each tensor, the data. Nothing but the tensors themselves is held in memory, however large they are.
/// </summary>
internal static class Safetensors
{
    internal const string MetadataKey = "__metadata__";

    /// <summary>Writes tensors of float32, int64 or uint8.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="tensors">The tensors by name, in the order in which they are to lie in the file.</param>
    /// <param name="metadata">Texts about the file.</param>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var content = tensors.ToList();
        var header = new JsonObject { [MetadataKey] = new JsonObject(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) };
        long offset = 0;
        foreach (var (name, tensor) in content)
        {
            var size = tensor.numel() * TensorBytes.SizeOf(tensor.dtype);
            header[name] = new JsonObject
            {
                ["dtype"] = TensorBytes.NameOf(tensor.dtype),
                ["shape"] = new JsonArray([.. tensor.shape.Select(length => (JsonNode)length)]),
                ["data_offsets"] = new JsonArray(offset, offset + size),
            };
            offset += size;
        }

        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        // The data begins at a multiple of 8, as readers that map the file want it; the header is padded with spaces.
        var padding = (8 - (text.Length % 8)) % 8;
        Span<byte> frame = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(frame, text.Length + padding);
        stream.Write(frame);
        stream.Write(text);
        stream.Write("       "u8[..padding]);
        foreach (var (_, tensor) in content)
        {
            TensorBytes.ForEachPart(tensor, stream.Write);
        }
    }
}
