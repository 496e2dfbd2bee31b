using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace FashionCnn.Storage;

/// <summary>A tensor in a file.</summary>
/// <param name="TypeName">The type as safetensors names it, such as <c>F32</c>.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="Start">Where its values begin in the file, in bytes.</param>
/// <param name="Length">Their bytes.</param>
internal sealed record StoredTensor(string TypeName, IReadOnlyList<long> Shape, long Start, long Length)
{
    /// <summary>The shape as messages show it, such as <c>64x1x3x3</c>.</summary>
    public string ShapeText => string.Join('x', Shape);
}

/// <summary>An open safetensors file, whose header was read and checked. Values are read when they are asked for.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    private const int MaxHeader = 100_000_000;

    // Of the types that safetensors has, those whose values are read here.
    private static readonly string[] ReadTypes = ["F32", "I64", "U8"];

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly FileStream stream;

    private SafetensorsFile(string path, FileStream stream)
    {
        Path = path;
        this.stream = stream;
        (Tensors, Metadata) = ReadHeader(stream);
    }

    /// <summary>What takes bytes.</summary>
    public delegate void Take(ReadOnlySpan<byte> bytes);

    /// <summary>What gives as many bytes as it is asked for.</summary>
    public delegate void Give(Span<byte> bytes);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <summary>Texts about the file.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file of float32, int64 and uint8 tensors.</summary>
    /// <exception cref="InputException">The file cannot be read, is damaged or has tensors of other types; the message names it.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = OpenToList(path);
        if (file.Tensors.FirstOrDefault(tensor => !ReadTypes.Contains(tensor.Value.TypeName)) is not { Key: { } name, Value: { } tensor })
        {
            return file;
        }

        file.Dispose();
        throw new InputException($"{path}: {name} is of type {tensor.TypeName}, which cannot be read. Convert the file to 32-bit floats (F32).");
    }

    /// <summary>Opens a file of tensors of any type, to list them.</summary>
    /// <exception cref="InputException">The file cannot be read or is damaged; the message names it.</exception>
    public static SafetensorsFile OpenToList(string path) => Reading(path, () =>
    {
        // A device or a pipe has no end to rely on, and may wait for ever.
        if (FileKind.IsSpecial(path))
        {
            throw new InputException($"{path}: a device or a pipe, not a file. Give a safetensors file.");
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        try
        {
            return ForeignFormat.Of(stream) is { } format
                ? throw new InputException($"{path}: this is {format}, not a safetensors file. Convert it to safetensors, with the model's own names and shapes.")
                : new SafetensorsFile(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    });

    /// <summary>Has a tensor's bytes read, as many at a time as are asked for.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="read">Reads them all, by way of what it is given.</param>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public void ReadBytes(string name, Action<Give> read) => Reading(Path, () =>
    {
        stream.Position = Tensors[name].Start;
        read(bytes => stream.ReadExactly(bytes));
        return true;
    });

    /// <summary>Hands a tensor's bytes on, part by part.</summary>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public void ForEachPart(string name, Take take) => Reading(Path, () =>
    {
        var stored = Tensors[name];
        var buffer = new byte[Math.Min(stored.Length, 1 << 20)];
        stream.Position = stored.Start;
        for (var left = stored.Length; left > 0;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            stream.ReadExactly(part);
            take(part);
            left -= part.Length;
        }

        return true;
    });

    /// <summary>Refuses a tensor of floats that holds NaN or infinity: what is computed with it is no result.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="advice">What to do, a sentence.</param>
    /// <exception cref="InputException">It holds such a value; the message names it.</exception>
    internal void CheckFinite(string name, string advice)
    {
        if (Tensors[name].TypeName != "F32")
        {
            return;
        }

        long count = 0;
        ForEachPart(name, bytes =>
        {
            foreach (var value in MemoryMarshal.Cast<byte, float>(bytes))
            {
                if (!float.IsFinite(value))
                {
                    throw new InputException(string.Create(
                        CultureInfo.InvariantCulture, $"{Path}: value {count + 1:N0} of {name} is {(float.IsNaN(value) ? "NaN" : "infinite")}, so nothing can be computed with it. {advice}"));
                }

                count++;
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new InputException($"{path}: not a safetensors file, or a damaged one: {(exception is EndOfStreamException ? "it ends before its tensors do." : exception.Message)}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the file cannot be read: {exception.Message}", exception);
        }
    }

    private static (Dictionary<string, StoredTensor> Tensors, Dictionary<string, string> Metadata) ReadHeader(FileStream stream)
    {
        stream.Position = 0;
        Span<byte> frame = stackalloc byte[8];
        if (stream.ReadAtLeast(frame, 8, throwOnEndOfStream: false) < 8)
        {
            throw new InvalidDataException("it is shorter than 8 bytes.");
        }

        var length = BinaryPrimitives.ReadInt64LittleEndian(frame);
        if (length is < 2 or > MaxHeader || length > stream.Length - 8)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"its first 8 bytes announce a header of {(ulong)length:N0} bytes; {(length > MaxHeader && length <= stream.Length - 8 ? $"{MaxHeader:N0} are the most that is read" : $"{stream.Length - 8:N0} follow")}."));
        }

        var text = new byte[length];
        stream.ReadExactly(text);
        using var header = Parse(text);
        var data = stream.Length - 8 - length;
        var tensors = new Dictionary<string, StoredTensor>();
        var metadata = new Dictionary<string, string>();
        foreach (var property in header.RootElement.EnumerateObject())
        {
            if (property.Name == SafetensorsHeader.MetadataKey)
            {
                metadata = Texts(property.Value);
            }
            else
            {
                tensors.Add(property.Name, Parse(property, 8 + length, data));
            }
        }

        // Laid end to end, the tensors are the data: they do not overlap, and nothing is hidden between them.
        var end = 8 + length;
        foreach (var (start, size) in tensors.Values.Select(tensor => (tensor.Start, tensor.Length)).Order())
        {
            if (start != end)
            {
                throw new InvalidDataException($"its tensors overlap or leave a gap at byte {Math.Min(start, end) - 8 - length} of the data.");
            }

            end += size;
        }

        return end == stream.Length
            ? (tensors, metadata)
            : throw new InvalidDataException($"its tensors take {end - 8 - length} bytes, but {data} follow the header.");
    }

    private static JsonDocument Parse(byte[] text)
    {
        JsonDocument? header = null;
        try
        {
            header = JsonDocument.Parse(StrictUtf8.GetString(text));
            if (header.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException("its header is not a JSON object.");
            }

            return JsonDamage.Find(header.RootElement) is { } fault ? throw new InvalidDataException($"in its header, {fault}.") : header;
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            throw new InvalidDataException("its header is not valid JSON.", exception);
        }
        catch
        {
            header?.Dispose();
            throw;
        }
    }

    private static Dictionary<string, string> Texts(JsonElement metadata) => metadata.ValueKind == JsonValueKind.Object
        ? metadata.EnumerateObject().ToDictionary(
            pair => pair.Name,
            pair => pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : throw new InvalidDataException($"in its {SafetensorsHeader.MetadataKey}, {pair.Name} is not a string."))
        : throw new InvalidDataException($"its {SafetensorsHeader.MetadataKey} is not an object of strings.");

    private static StoredTensor Parse(JsonProperty property, long begin, long data)
    {
        var value = property.Value;
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("dtype", out var type) || !value.TryGetProperty("shape", out var sizes) || !value.TryGetProperty("data_offsets", out var offsets)
            || type.ValueKind != JsonValueKind.String)
        {
            throw new InvalidDataException($"{property.Name} has no type, shape or offsets.");
        }

        var name = type.GetString()!;
        var bits = BitsOf(name) ?? throw new InvalidDataException($"{property.Name} is of the unknown type '{name}'.");
        return Numbers(sizes) is { } shape && Numbers(offsets) is [var start, var end]
            && start >= 0 && end >= start && end <= data && Bits(shape, bits) == (Int128)(end - start) * 8
            ? new StoredTensor(name, shape, begin + start, end - start)
            : throw new InvalidDataException($"the offsets of {property.Name} do not match its shape and type, or are outside the file.");
    }

    // Of a value of any type that safetensors has.
    private static int? BitsOf(string name) => name switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" => 8,
        "U16" or "I16" or "F16" or "BF16" => 16,
        "U32" or "I32" or "F32" => 32,
        "U64" or "I64" or "F64" or "C64" => 64,
        _ => null,
    };

    // Null when it is anything but a list of whole numbers of 64 bits.
    private static long[]? Numbers(JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var numbers = new long[list.GetArrayLength()];
        foreach (var (item, i) in list.EnumerateArray().Select((item, i) => (item, i)))
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }

    // Wider than 64 bits: a damaged shape must not come round to a size that fits.
    private static Int128? Bits(long[] shape, int element)
    {
        Int128 bits = element;
        foreach (var size in shape)
        {
            if (size < 0 || bits > (Int128)long.MaxValue * 8)
            {
                return null;
            }

            bits *= size;
        }

        return bits;
    }
}
