using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FashionCnn.Storage;

/// <summary>A tensor as a file holds it.</summary>
/// <param name="Shape">The sizes.</param>
/// <param name="Data">Little-endian values, the last index running fastest.</param>
/// <param name="Type"><c>F32</c> for 32-bit floats or <c>U8</c> for bytes.</param>
public sealed record StoredTensor(long[] Shape, byte[] Data, string Type = StoredTensor.Float)
{
    internal const string Float = "F32";
    internal const string Byte = "U8";

    /// <summary>Bytes as a vector.</summary>
    public static StoredTensor OfBytes(byte[] data) => new([data.Length], data, Byte);
}

/// <summary>The content of a file.</summary>
/// <param name="Tensors">By name, in the order of the file.</param>
/// <param name="Metadata">Texts about the file.</param>
public sealed record StoredTensors(IReadOnlyDictionary<string, StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata);

/// <summary>
/// Reads and writes safetensors, which other tools read too: the header's length (8 bytes, little-endian), a JSON header that
/// gives type, shape and place of each tensor, the data.
/// </summary>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";
    private const int MaxHeader = 100_000_000;

    /// <summary>Writes tensors.</summary>
    public static void Write(Stream stream, StoredTensors content)
    {
        var header = new JsonObject { [MetadataKey] = new JsonObject(content.Metadata.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) };
        long offset = 0;
        foreach (var (name, tensor) in content.Tensors)
        {
            header[name] = new JsonObject
            {
                ["dtype"] = tensor.Type,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(offset, offset + tensor.Data.LongLength),
            };
            offset += tensor.Data.LongLength;
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        // The data begins at a multiple of 8, as readers that map the file want it; the header is padded with spaces.
        var padding = (8 - (text.Length % 8)) % 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length + padding);
        stream.Write(length);
        stream.Write(text);
        stream.Write("       "u8[..padding]);
        foreach (var tensor in content.Tensors.Values)
        {
            stream.Write(tensor.Data);
        }
    }

    /// <summary>Reads a file of 32-bit floats and bytes.</summary>
    /// <exception cref="InputException">The file cannot be read or is damaged; the message names it.</exception>
    public static StoredTensors Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the weights cannot be read: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InputException($"{path}: this is no safetensors file of 32-bit floats or bytes, or a damaged one: {exception.Message}", exception);
        }
    }

    private static StoredTensors Parse(byte[] file)
    {
        if (file.Length < 8)
        {
            throw new InvalidDataException("it is shorter than its header's length.");
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (length is < 2 or > MaxHeader || length > file.Length - 8)
        {
            throw new InvalidDataException($"its header would be {length} bytes long.");
        }

        var data = file.AsMemory(8 + (int)length);
        using var header = JsonDocument.Parse(file.AsMemory(8, (int)length));
        var tensors = new Dictionary<string, StoredTensor>();
        var metadata = new Dictionary<string, string>();
        var places = new List<(long Start, long End)>();
        foreach (var property in header.RootElement.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                metadata = property.Value.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!);
            }
            else
            {
                var (tensor, start) = ParseTensor(property, data);
                tensors.Add(property.Name, tensor);
                places.Add((start, start + tensor.Data.LongLength));
            }
        }

        // Laid end to end, the tensors are the data: none lies over another and nothing is hidden between them.
        var end = 0L;
        foreach (var place in places.Order())
        {
            if (place.Start != end)
            {
                throw new InvalidDataException($"its tensors overlap or leave a gap at byte {Math.Min(place.Start, end)} of the data.");
            }

            end = place.End;
        }

        return end == data.Length
            ? new StoredTensors(tensors, metadata)
            : throw new InvalidDataException($"its tensors take {end} bytes, but {data.Length} follow the header.");
    }

    private static (StoredTensor Tensor, long Start) ParseTensor(JsonProperty property, ReadOnlyMemory<byte> data)
    {
        if (!property.Value.TryGetProperty("dtype", out var type) || !property.Value.TryGetProperty("shape", out var sizes) || !property.Value.TryGetProperty("data_offsets", out var offsets))
        {
            throw new InvalidDataException($"{property.Name} lacks its type, shape or place.");
        }

        var size = type.GetString() switch
        {
            StoredTensor.Float => sizeof(float),
            StoredTensor.Byte => sizeof(byte),
            var other => throw new InvalidDataException($"{property.Name} is of type {other}."),
        };

        var shape = sizes.EnumerateArray().Select(length => length.GetInt64()).ToArray();
        var bounds = offsets.EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (bounds is not [var start, var end] || start < 0 || end < start || end > data.Length || Bytes(shape, size) != end - start)
        {
            throw new InvalidDataException($"{property.Name} does not lie within the file with the size of its shape.");
        }

        return (new StoredTensor(shape, data[(int)start..(int)end].ToArray(), type.GetString()!), start);
    }

    // Wider than 64 bits: a damaged shape must not come round to a size that fits.
    private static Int128? Bytes(long[] shape, int element)
    {
        Int128 bytes = element;
        foreach (var size in shape)
        {
            if (size < 0 || bytes > long.MaxValue)
            {
                return null;
            }

            bytes *= size;
        }

        return bytes;
    }
}
