using static TorchSharp.torch;

namespace FashionCnn.Storage;

/// <summary>A tensor's values as bytes, little-endian, the last index running fastest, whatever the tensor's layout in memory.</summary>
internal static class TensorBytes
{
    // A span holds 2 GiB at most; parts of this size are soon read and written.
    private const int PartBytes = 16 << 20;

    /// <summary>Hands all values on, part by part.</summary>
    public static void ForEachPart(Tensor tensor, SafetensorsFile.Take take)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var values = tensor.detach().contiguous().reshape(-1);
        var part = PartBytes / SizeOf(tensor.dtype);
        for (long start = 0; start < values.numel(); start += part)
        {
            using var moved = NewDisposeScope();
            take(values.narrow(0, start, Math.Min(part, values.numel() - start)).cpu().bytes);
        }
    }

    /// <summary>Fills a tensor, part by part, with values of its own type.</summary>
    public static void Fill(Tensor tensor, SafetensorsFile.Give give)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var values = tensor.detach();
        var filled = values.is_contiguous() && values.device_type == TorchSharp.DeviceType.CPU ? values : empty(tensor.shape, tensor.dtype);
        var flat = filled.reshape(-1);
        var part = PartBytes / SizeOf(tensor.dtype);
        for (long start = 0; start < flat.numel(); start += part)
        {
            give(flat.narrow(0, start, Math.Min(part, flat.numel() - start)).bytes);
        }

        if (!ReferenceEquals(filled, values))
        {
            _ = values.copy_(filled);
        }
    }

    /// <summary>Bytes per value.</summary>
    public static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => 4,
        ScalarType.Int64 => 8,
        ScalarType.Byte => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Only tensors of float32, int64 and uint8 are stored."),
    };

    /// <summary>The type's name in safetensors.</summary>
    public static string NameOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => "F32",
        ScalarType.Int64 => "I64",
        ScalarType.Byte => "U8",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Only tensors of float32, int64 and uint8 are stored."),
    };

    /// <summary>The type of a name in safetensors; null for one whose values are not read here.</summary>
    public static ScalarType? TypeOf(string? name) => name switch
    {
        "F32" => ScalarType.Float32,
        "I64" => ScalarType.Int64,
        "U8" => ScalarType.Byte,
        _ => null,
    };
}
