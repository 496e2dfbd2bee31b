using System.Globalization;
using System.Text.Json;

namespace FashionCnn.Storage;

/// <summary>The files of a run's folder that say something to programs without Torch.</summary>
internal static class RunFiles
{
    /// <summary>What the run was about: its settings, its images, its network.</summary>
    public const string Configuration = "config.json";

    /// <summary>How it ended; the last file to be written.</summary>
    public const string Result = "result.json";

    /// <summary>The weights.</summary>
    public const string Weights = "weights.safetensors";

    /// <summary>The file of weights that a caller names: the file itself, or the folder of a run.</summary>
    public static string WeightsOf(string weights) => Directory.Exists(weights) ? Path.Combine(weights, Weights) : weights;

    /// <summary>The names of the classes that the run beside a file of weights has; null where there is no run of this network, or its classes have numbers only.</summary>
    /// <param name="weights">The file.</param>
    /// <param name="fingerprint">That of the network's architecture.</param>
    /// <param name="classes">How many classes it has.</param>
    public static IReadOnlyList<string>? ClassNames(string weights, string fingerprint, int classes)
    {
        try
        {
            using var configuration = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, Configuration)));
            var root = configuration.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("architecture_fingerprint", out var own) && own.ValueKind == JsonValueKind.String && own.GetString() == fingerprint
                && root.TryGetProperty("class_names", out var list) && WeightsFile.Names(list, classes) is { } names
                && names.Where((name, i) => name != i.ToString(CultureInfo.InvariantCulture)).Any()
                ? names
                : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            // Weights need not lie in the folder of a run.
            return null;
        }
    }
}
