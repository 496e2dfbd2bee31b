using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FashionCnn.Models;
using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>A checkpoint is whole, and of a version that this program does not continue.</summary>
internal sealed class OtherVersionException(string message) : InputException(message);

/// <summary>
/// A checkpoint as a safetensors file: tensors under names of our own, the rest as JSON in the metadata, a sum over both. Names begin
/// with <see cref="Model"/>, <see cref="Best"/>, <see cref="Optimizer"/> or <see cref="Average"/>.
/// </summary>
internal sealed class CheckpointFile : IDisposable
{
    /// <summary>The version of the format. The first one had no number.</summary>
    public const int Version = 3;

    internal const string Model = "model/";
    internal const string Best = "best/";
    internal const string Optimizer = "optimizer/";
    internal const string Average = "average/";

    private const string VersionKey = "checkpoint_version";
    private const string Rest = "checkpoint";
    private const string Sum = "sha256";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        TypeInfoResolver = CheckpointJson.Default,
    };

    private static readonly JsonTypeInfo<Checkpoint> Form = (JsonTypeInfo<Checkpoint>)Json.GetTypeInfo(typeof(Checkpoint));

    private CheckpointFile(SafetensorsFile file, Checkpoint content)
    {
        File = file;
        Content = content;
    }

    /// <summary>What it says, the tensors aside.</summary>
    public Checkpoint Content { get; }

    /// <summary>The tensors.</summary>
    internal SafetensorsFile File { get; }

    /// <summary>Opens a checkpoint and checks all of it against its sum.</summary>
    /// <exception cref="InputException">The file cannot be read, is damaged, or has another version; the message names it.</exception>
    public static CheckpointFile Open(string path)
    {
        var file = SafetensorsFile.Open(path);
        try
        {
            return new CheckpointFile(file, Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();

    /// <summary>A checkpoint as text, the tensors aside.</summary>
    internal static string TextOf(Checkpoint checkpoint) => JsonSerializer.Serialize(checkpoint, Form);

    /// <summary>Training settings as text.</summary>
    internal static string TextOf(TrainingSettings settings) => JsonSerializer.Serialize(settings, (JsonTypeInfo<TrainingSettings>)Json.GetTypeInfo(typeof(TrainingSettings)));

    /// <summary>The checkpoint of a text that <see cref="TextOf(Checkpoint)"/> wrote.</summary>
    internal static Checkpoint FromText(string text) => JsonSerializer.Deserialize(text, Form) ?? throw new JsonException();

    internal static void Write(Stream stream, Checkpoint checkpoint, IReadOnlyList<KeyValuePair<string, Tensor>> tensors)
    {
        var metadata = new Dictionary<string, string>
        {
            [VersionKey] = Version.ToString(CultureInfo.InvariantCulture),
            ["model"] = checkpoint.Model,
            ["architecture_fingerprint"] = checkpoint.ArchitectureFingerprint,
            [Rest] = TextOf(checkpoint),
        };
        using var hash = Begin(metadata);
        foreach (var (name, tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(hash, name, tensor.dtype, tensor.shape);
            TensorBytes.ForEachPart(tensor, hash.AppendData);
        }

        metadata.Add(Sum, Convert.ToHexStringLower(hash.GetHashAndReset()));
        Safetensors.Write(stream, tensors, metadata);
    }

    private static Checkpoint Read(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(Rest, out var rest) || !file.Metadata.TryGetValue(Sum, out var sum))
        {
            throw new InputException($"{file.Path}: not a checkpoint.");
        }

        using var hash = Begin(file.Metadata);
        foreach (var (name, tensor) in file.Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(hash, name, tensor.Type, tensor.Shape);
            file.ForEachPart(name, hash.AppendData);
        }

        if (sum != Convert.ToHexStringLower(hash.GetHashAndReset()))
        {
            throw new InputException($"{file.Path}: the checkpoint is damaged: its content does not have the sum that was written with it.");
        }

        // After the sum, which is reckoned alike in all versions: a damaged number is no other version.
        if (VersionOf(file) is var version && version != Version)
        {
            throw new OtherVersionException(version < Version
                ? $"{file.Path}: the checkpoint was written by an earlier version of the program, which this one cannot continue; start a new run."
                : $"{file.Path}: the checkpoint was written by a later version of the program; continue the run with that one.");
        }

        try
        {
            return FromText(rest);
        }
        catch (Exception exception) when (JsonDamage.Is(exception))
        {
            throw new InputException($"{file.Path}: the checkpoint cannot be read: {JsonDamage.Explain(exception, rest)}.", exception);
        }
    }

    private static int VersionOf(SafetensorsFile file) =>
        !file.Metadata.TryGetValue(VersionKey, out var text) ? 1 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : int.MaxValue;

    private static IncrementalHash Begin(IReadOnlyDictionary<string, string> metadata)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, text) in metadata.Where(pair => pair.Key != Sum).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}={text}\n"));
        }

        return hash;
    }

    private static void Add(IncrementalHash hash, string name, ScalarType type, IReadOnlyList<long> shape) =>
        hash.AppendData(Encoding.UTF8.GetBytes($"{name} {TensorBytes.NameOf(type)} {string.Join('x', shape)}\n"));
}
