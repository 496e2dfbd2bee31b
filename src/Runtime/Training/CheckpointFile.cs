using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FashionCnn.Storage;

namespace FashionCnn.Training;

/// <summary>A checkpoint as a safetensors file: the tensors with prefixes, the rest as JSON in the metadata, a sum over both.</summary>
internal static class CheckpointFile
{
    private const string Weights = "model/";
    private const string Best = "best/";
    private const string Optimizer = "optimizer";
    private const string Rest = "checkpoint";
    private const string Sum = "sha256";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Write(Stream stream, Checkpoint checkpoint)
    {
        var tensors = new Dictionary<string, StoredTensor>();
        foreach (var (name, tensor) in checkpoint.Weights)
        {
            tensors.Add(Weights + name, tensor);
        }

        foreach (var (name, tensor) in checkpoint.BestWeights)
        {
            tensors.Add(Best + name, tensor);
        }

        tensors.Add(Optimizer, StoredTensor.OfBytes(checkpoint.Optimizer));
        var metadata = new Dictionary<string, string>
        {
            ["model"] = checkpoint.Model,
            ["architecture_fingerprint"] = checkpoint.ArchitectureFingerprint,
            [Rest] = JsonSerializer.Serialize(checkpoint with { Weights = Empty, BestWeights = Empty, Optimizer = [] }, Json),
        };
        metadata.Add(Sum, SumOf(tensors, metadata));
        Safetensors.Write(stream, new StoredTensors(tensors, metadata));
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="InputException">The file cannot be read or is damaged; the message names it.</exception>
    public static Checkpoint Read(string path)
    {
        var stored = Safetensors.Read(path);
        if (!stored.Metadata.TryGetValue(Rest, out var rest) || !stored.Metadata.TryGetValue(Sum, out var sum) || !stored.Tensors.TryGetValue(Optimizer, out var optimizer))
        {
            throw new InputException($"{path}: this is no checkpoint.");
        }

        if (sum != SumOf(stored.Tensors, stored.Metadata))
        {
            throw new InputException($"{path}: the checkpoint is damaged: its content does not have the sum that was written with it.");
        }

        try
        {
            return JsonSerializer.Deserialize<Checkpoint>(rest, Json)! with
            {
                Weights = WithPrefix(stored.Tensors, Weights),
                BestWeights = WithPrefix(stored.Tensors, Best),
                Optimizer = optimizer.Data,
            };
        }
        catch (JsonException exception)
        {
            throw new InputException($"{path}: the checkpoint was written by another version of the program: {exception.Message}", exception);
        }
    }

    private static IReadOnlyDictionary<string, StoredTensor> Empty { get; } = new Dictionary<string, StoredTensor>();

    private static Dictionary<string, StoredTensor> WithPrefix(IReadOnlyDictionary<string, StoredTensor> tensors, string prefix) =>
        tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value);

    private static string SumOf(IReadOnlyDictionary<string, StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, text) in metadata.Where(pair => pair.Key != Sum).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}={text}\n"));
        }

        foreach (var (name, tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor.Type} {string.Join('x', tensor.Shape)}\n"));
            hash.AppendData(tensor.Data);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
