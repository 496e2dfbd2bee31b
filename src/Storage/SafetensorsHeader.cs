using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace FashionCnn.Storage;

/// <summary>What a safetensors file says of one tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as safetensors names it, such as <c>F32</c>.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="Bytes">What its values take.</param>
internal sealed record SafetensorsEntry(string Name, string Type, IReadOnlyList<long> Shape, long Bytes);

/// <summary>
/// The beginning of a safetensors file, which other tools read too: the header's length (8 bytes, little-endian) and a JSON header that gives
/// type, shape and place of each tensor. The tensors' data follow, in the same order and without gaps.
/// </summary>
internal static class SafetensorsHeader
{
    internal const string MetadataKey = "__metadata__";

    /// <summary>Writes the beginning of a file.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="tensors">The tensors in the order in which their data will follow.</param>
    /// <param name="metadata">Texts about the file.</param>
    public static void Write(Stream stream, IEnumerable<SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var header = new JsonObject { [MetadataKey] = new JsonObject(metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) };
        long offset = 0;
        foreach (var tensor in tensors)
        {
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = tensor.Type,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(length => (JsonNode)length)]),
                ["data_offsets"] = new JsonArray(offset, offset + tensor.Bytes),
            };
            offset += tensor.Bytes;
        }

        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        // The data begins at a multiple of 8, as readers that map the file want it; the header is padded with spaces.
        var padding = (8 - (text.Length % 8)) % 8;
        Span<byte> frame = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(frame, text.Length + padding);
        stream.Write(frame);
        stream.Write(text);
        stream.Write("       "u8[..padding]);
    }
}
