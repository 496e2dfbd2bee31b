using static TorchSharp.torch;

namespace FashionCnn.Storage;

/// <summary>Writes safetensors files, see <see cref="SafetensorsHeader"/>. Nothing but the tensors themselves is held in memory, however large they are.</summary>
internal static class Safetensors
{
    /// <summary>Writes tensors of float32, int64 or uint8.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="tensors">The tensors by name, in the order in which they are to lie in the file.</param>
    /// <param name="metadata">Texts about the file.</param>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var content = tensors.ToList();
        SafetensorsHeader.Write(
            stream,
            content.Select(pair => new SafetensorsEntry(pair.Key, TensorBytes.NameOf(pair.Value.dtype), pair.Value.shape, pair.Value.numel() * TensorBytes.SizeOf(pair.Value.dtype))),
            metadata);
        foreach (var (_, tensor) in content)
        {
            TensorBytes.ForEachPart(tensor, stream.Write);
        }
    }
}
