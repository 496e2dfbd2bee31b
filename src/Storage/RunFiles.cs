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

    /// <summary>A checkpoint that is being written.</summary>
    public const string NextCheckpoint = "checkpoint-next.safetensors";

    /// <summary>The newest checkpoint.</summary>
    public const string NewestCheckpoint = "checkpoint.safetensors";

    /// <summary>The checkpoint before it.</summary>
    public const string PreviousCheckpoint = "checkpoint-previous.safetensors";

    /// <summary>The names of all of them.</summary>
    public static IReadOnlyList<string> Checkpoints { get; } = [NextCheckpoint, NewestCheckpoint, PreviousCheckpoint];

    /// <summary>The run has a checkpoint, whole or not.</summary>
    public static bool HasCheckpoint(string folder) => Checkpoints.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>Refuses the folder of a run that did not come to its end.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InputException">It has no result.</exception>
    public static void CheckHasResult(string folder)
    {
        if (!File.Exists(Path.Combine(folder, Result)))
        {
            throw new InputException(
                HasCheckpoint(folder) ? $"{folder}: the run is not finished: it has no {Result}. Continue it."
                : File.Exists(Path.Combine(folder, Configuration)) ? $"{folder}: the run ended before its first checkpoint. Start it again."
                : $"{folder}: not a run: it has no {Result}. Give the folder of a run.")
            {
                Setting = HasCheckpoint(folder) ? InputSetting.Run : null,
            };
        }
    }

    /// <summary>Refuses a run whose files do not say what it was about and how it ended. Programs with Torch check all that is in them.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="InputException">A file is missing, damaged or of another run; the message names it.</exception>
    public static void CheckRun(string folder)
    {
        CheckHasResult(folder);
        if (ModelIn(folder, Configuration) != ModelIn(folder, Result))
        {
            throw new InputException($"{folder}: the files do not belong together: {Configuration} and {Result} are of different runs. Continue the run, or train it again.") { Setting = InputSetting.Run };
        }
    }

    private static string ModelIn(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            var text = File.ReadAllText(path);
            using var document = JsonDocument.Parse(text);
            return JsonDamage.Find(document.RootElement) is { } fault ? throw Damaged($"{fault}.")
                : document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.String ? model.GetString()!
                : throw Damaged("no model.");
        }
        catch (JsonException exception)
        {
            throw Damaged(string.Create(CultureInfo.InvariantCulture, $"it is not valid JSON; see line {(exception.LineNumber ?? 0) + 1}."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the file cannot be read: {exception.Message}", exception);
        }

        InputException Damaged(string what) => new($"{path}: the file is damaged: {what}");
    }

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
