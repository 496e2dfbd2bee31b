using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Storage;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>The folder that a run leaves. Every file is written whole or not at all.</summary>
public sealed class RunFolder
{
    private const string Claim = ".claim";
    private const string PredictionsHeader = "image,label,predicted,confidence,loss\n";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // A value that is missing or null where there must be one is damage, found on reading.
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        NewLine = "\n",
    };

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes the folder of a run: the one that is asked for, or <c>runs/model/start-seed</c>, numbered if it is taken.</summary>
    /// <param name="directory">A folder to use, new or empty; null for the default.</param>
    /// <param name="modelId">The model.</param>
    /// <param name="start">When the run starts.</param>
    /// <param name="seed">Its seed.</param>
    /// <exception cref="InputException">The folder cannot be made or holds files already.</exception>
    public static RunFolder Create(string? directory, string modelId, DateTimeOffset start, long seed)
    {
        var name = $"{start.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{seed}";
        var wanted = directory ?? System.IO.Path.Combine("runs", modelId, name);
        try
        {
            if (TryClaim(wanted))
            {
                return new RunFolder(wanted);
            }

            for (var i = 2; directory is null; i++)
            {
                if (TryClaim($"{wanted}-{i}"))
                {
                    return new RunFolder($"{wanted}-{i}");
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{wanted}: the run's folder cannot be made: {exception.Message} Give another with --output.", exception);
        }

        throw new InputException($"--output {directory}: the folder holds files already. Give a new or empty one, so that no run is overwritten.");
    }

    /// <summary>The folder of a run that was started before.</summary>
    /// <exception cref="InputException">There is no such folder.</exception>
    public static RunFolder Open(string path) => Directory.Exists(path)
        ? new RunFolder(path)
        : throw new InputException($"{path}: there is no such folder. Give the folder of a run, such as those in runs/.");

    /// <summary>Training came to its end.</summary>
    public bool IsFinished => Has<RunResult>("result.json", result => result.Completed);

    /// <summary>The run has a config.json that a condition holds for.</summary>
    public bool HasConfiguration(Func<RunConfiguration, bool> condition) => Has("config.json", condition);

    /// <summary>Keeps other processes from training the same run, until it is disposed.</summary>
    /// <exception cref="InputException">One trains it already.</exception>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(File("run.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (System.IO.File.Exists(File("run.lock")))
        {
            throw new InputException($"{Path}: another process is training this run. Wait for it, or stop it.", exception);
        }
    }

    /// <summary>The path of a file of the run.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes config.json.</summary>
    public void WriteConfig(RunConfiguration configuration)
    {
        AtomicFile.WriteText(File("config.json"), ToJson(configuration));
        System.IO.File.Delete(File(Claim));
    }

    /// <summary>Writes history.json and history.csv.</summary>
    public void WriteHistory(IReadOnlyList<EpochRecord> history)
    {
        AtomicFile.WriteText(File("history.json"), ToJson(history));
        var lines = history.Select(epoch => string.Create(
            CultureInfo.InvariantCulture,
            $"{epoch.Epoch},{epoch.TrainLoss},{epoch.TrainAccuracy},{epoch.TestLoss},{epoch.TestAccuracy},{epoch.TrainSeconds:0.000},{epoch.TestSeconds:0.000},{epoch.ValidationLoss},{epoch.ValidationAccuracy}\n"));
        AtomicFile.WriteText(File("history.csv"), "epoch,train_loss,train_accuracy,test_loss,test_accuracy,train_seconds,test_seconds,validation_loss,validation_accuracy\n" + string.Concat(lines));
    }

    /// <summary>Writes predictions.csv: what the final weights say of each test image.</summary>
    public void WritePredictions(Predictions predictions)
    {
        var lines = Enumerable.Range(0, predictions.Count).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{i},{predictions.Labels[i]},{predictions.Predicted[i]},{predictions.Confidence[i]},{predictions.Losses[i]}\n"));
        AtomicFile.WriteText(File("predictions.csv"), PredictionsHeader + string.Concat(lines));
    }

    /// <summary>Reads config.json, result.json, history.json and predictions.csv of a run that has ended.</summary>
    /// <exception cref="InputException">A file is missing or damaged; the message names it.</exception>
    public RunRecord Read()
    {
        if (!System.IO.File.Exists(File("result.json")))
        {
            throw new InputException($"{Path}: this is no run that has ended; it has no result.json. Finish it with --resume, or give another.");
        }

        var result = FromJson<RunResult>("result.json");
        // A run that was lengthened and interrupted still has the predictions of its first end.
        return new RunRecord(this, FromJson<RunConfiguration>("config.json"), result, ReadHistory(), result.Completed ? ReadPredictions() : null);
    }

    /// <summary>Reads config.json; null when there is none, or none that a run wrote.</summary>
    public RunConfiguration? ReadConfig()
    {
        try
        {
            return FromJson<RunConfiguration>("config.json");
        }
        catch (InputException)
        {
            return null;
        }
    }

    /// <summary>Writes result.json.</summary>
    public void WriteResult(RunResult result) => AtomicFile.WriteText(File("result.json"), ToJson(result));

    /// <summary>Writes weights.safetensors.</summary>
    public void WriteWeights(ImageClassifier model) => ModelWeights.Save(model, File("weights.safetensors"));

    /// <summary>Writes best.safetensors and last.safetensors, of a run with held-out images.</summary>
    public void WriteBestAndLast(ImageClassifier model, TrainingOutcome outcome)
    {
        if (outcome.BestWeights.Count > 0)
        {
            ModelWeights.Save(model.Model, outcome.BestWeights, File("best.safetensors"));
            ModelWeights.Save(model.Model, outcome.LastWeights, File("last.safetensors"));
        }
    }

    private T FromJson<T>(string name) => Reading(name, text => JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException("it holds nothing."));

    private EpochRecord[] ReadHistory()
    {
        var history = FromJson<EpochRecord[]>("history.json");
        // The type does not keep JSON from holding null.
        return !Array.Exists(history, epoch => epoch is null) ? history : throw new InputException($"{File("history.json")}: the file is damaged: an epoch is null.");
    }

    // A file that is missing or damaged has nothing.
    private bool Has<T>(string name, Func<T, bool> condition)
    {
        try
        {
            return System.IO.File.Exists(File(name)) && condition(FromJson<T>(name));
        }
        catch (InputException)
        {
            return false;
        }
    }

    private Predictions? ReadPredictions() => !System.IO.File.Exists(File("predictions.csv")) ? null : Reading("predictions.csv", text =>
    {
        var rows = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).ToList();
        return new Predictions(
            [.. rows.Select(row => byte.Parse(row[1], CultureInfo.InvariantCulture))],
            [.. rows.Select(row => byte.Parse(row[2], CultureInfo.InvariantCulture))],
            [.. rows.Select(row => float.Parse(row[3], CultureInfo.InvariantCulture))],
            [.. rows.Select(row => float.Parse(row[4], CultureInfo.InvariantCulture))]);
    });

    private T Reading<T>(string name, Func<string, T> parse)
    {
        try
        {
            return parse(System.IO.File.ReadAllText(File(name)));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            throw new InputException($"{File(name)}: the file is damaged: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{File(name)}: the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A value as JSON, as the files of a run write it.</summary>
    public static string ToJson<T>(T value) => JsonSerializer.Serialize(value, Json) + "\n";

    private static bool TryClaim(string path)
    {
        Directory.CreateDirectory(path);
        return !Directory.EnumerateFileSystemEntries(path).Any() && Own(path);
    }

    /// <summary>Takes a folder that was seen empty; false when another process has it by now.</summary>
    // Of two that start in one second, the one that makes the file owns the folder. It looks once more after that: an owner
    // withdraws its claim as soon as its config.json is there.
    internal static bool Own(string path)
    {
        var claim = System.IO.Path.Combine(path, Claim);
        try
        {
            new FileStream(claim, FileMode.CreateNew).Dispose();
        }
        catch (IOException) when (System.IO.File.Exists(claim))
        {
            return false;
        }

        if (Directory.EnumerateFileSystemEntries(path).All(entry => System.IO.Path.GetFileName(entry) == Claim))
        {
            return true;
        }

        System.IO.File.Delete(claim);
        return false;
    }
}
