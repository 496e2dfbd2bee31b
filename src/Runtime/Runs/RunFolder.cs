using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Storage;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>The folder that a run leaves. Every file is written whole or not at all.</summary>
internal sealed class RunFolder
{
    internal const string ConfigFile = RunFiles.Configuration;
    internal const string SpecFile = "spec.json";
    internal const string HistoryFile = "history.json";
    internal const string HistoryTableFile = "history.csv";
    internal const string ResultFile = RunFiles.Result;
    internal const string PredictionsFile = "predictions.csv";
    internal const string CompressedPredictionsFile = "predictions.csv.gz";
    internal const string WeightsFile = RunFiles.Weights;
    internal const string BestFile = "best.safetensors";
    internal const string LastFile = "last.safetensors";

    /// <summary>The picture of the curves, as pixels.</summary>
    public const string CurvesPixelsFile = "curves.png";

    /// <summary>The picture of the curves, as lines.</summary>
    public const string CurvesLinesFile = "curves.svg";

    private const string LockFile = "run.lock";

    // All that is written whole or not at all.
    private static readonly string[] FileNames =
        [ConfigFile, SpecFile, HistoryFile, HistoryTableFile, ResultFile, PredictionsFile, WeightsFile, BestFile, LastFile, CurvesPixelsFile, CurvesLinesFile, .. CheckpointStore.FileNames];

    private RunFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Takes a folder for a new run: one that is new or empty, or that holds nothing but the configuration and the spec of a run that never came to its first checkpoint.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>The folder and what keeps other processes out of it until it is disposed; null when it is taken.</returns>
    /// <exception cref="InputException">The folder cannot be made.</exception>
    public static (RunFolder Folder, IDisposable Owner)? TryCreate(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            var folder = new RunFolder(path);
            // Two that start in one second find the same folder empty: the one that has the lock looks once more.
            if (!folder.IsUnused() || folder.TryLock() is not { } owner)
            {
                return null;
            }

            if (folder.IsUnused())
            {
                return (folder, owner);
            }

            owner.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InputException($"{path}: the run's folder cannot be created: {exception.Message} Choose another.", exception) { Setting = InputSetting.RunFolder };
        }
    }

    /// <summary>Whether <see cref="TryCreate"/> would take a folder that is there.</summary>
    public static bool IsFree(string path) => new RunFolder(path).IsUnused();

    /// <summary>The folder of a run that was started before.</summary>
    /// <exception cref="InputException">There is no such folder.</exception>
    public static RunFolder Open(string path) => Directory.Exists(path)
        ? new RunFolder(path)
        : throw new InputException($"{path}: there is no such folder. Give the folder of a run.");

    /// <summary>Keeps other processes from training the same run, until it is disposed.</summary>
    /// <exception cref="InputException">One trains it already.</exception>
    public IDisposable Lock() => TryLock() ?? throw new InputException($"{Path}: another process is training this run. Wait for it, or stop it.");

    /// <summary>The path of a file of the run.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Reads all that a run has left so far, and checks that it belongs together.</summary>
    /// <exception cref="InputException">A file is missing, damaged, or of another run; the message names it.</exception>
    public RunRecord Read() => RunReader.Read(this);

    /// <summary>Reads config.json.</summary>
    /// <exception cref="InputException">It is missing or damaged.</exception>
    public RunConfiguration ReadConfiguration() => RunReader.ReadConfiguration(this);

    /// <summary>What config.json says; null when it is missing or damaged.</summary>
    public RunConfiguration? TryReadConfiguration()
    {
        try
        {
            return ReadConfiguration();
        }
        catch (InputException)
        {
            return null;
        }
    }

    /// <summary>The run was trained to its end, and all its files say so.</summary>
    public bool IsFinished => TryRead() is { Result.Completed: true };

    /// <summary>What the run has left so far; null when that cannot be read.</summary>
    public RunRecord? TryRead()
    {
        try
        {
            return Read();
        }
        catch (InputException)
        {
            return null;
        }
    }

    /// <summary>Writes config.json.</summary>
    public void WriteConfig(RunConfiguration configuration) => AtomicFile.WriteText(File(ConfigFile), RunJson.Write(configuration));

    /// <summary>Writes spec.json: the text that the model was compiled from.</summary>
    public void WriteSpec(string spec) => AtomicFile.WriteText(File(SpecFile), spec);

    /// <summary>The spec of the run's model; null in runs of earlier versions, and where it cannot be read.</summary>
    public string? TryReadSpec()
    {
        try
        {
            return System.IO.File.ReadAllText(File(SpecFile));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes history.json and history.csv.</summary>
    public void WriteHistory(IReadOnlyList<EpochRecord> history)
    {
        AtomicFile.WriteText(File(HistoryFile), RunJson.Write(history));
        AtomicFile.WriteText(File(HistoryTableFile), RunTables.Write(history));
    }

    /// <summary>Writes predictions.csv: what the final weights say of each test image.</summary>
    public void WritePredictions(Predictions predictions) => AtomicFile.WriteText(File(PredictionsFile), RunTables.Write(predictions));

    /// <summary>Writes result.json, the last file of a run.</summary>
    public void WriteResult(RunResult result) => AtomicFile.WriteText(File(ResultFile), RunJson.Write(result));

    /// <summary>Makes a run that has ended an unfinished one.</summary>
    // The result first: without it, nobody takes what is left for that of a finished run.
    internal void Reopen()
    {
        System.IO.File.Delete(File(ResultFile));
        System.IO.File.Delete(File(PredictionsFile));
        // Until training ends again, these would be of other epochs than the rest. What is needed of them is in the checkpoint.
        System.IO.File.Delete(File(BestFile));
        System.IO.File.Delete(File(LastFile));
    }

    /// <summary>Writes weights.safetensors, and best.safetensors and last.safetensors of a run with held-out images.</summary>
    internal void WriteWeights(ImageClassifier model, TrainingSession session)
    {
        ModelWeights.Save(model, File(WeightsFile), session.StepsSeen(session.WeightsStep));
        if (session is { BestWeights: { } best, LastWeights: { } last })
        {
            ModelWeights.Save(model.Model, best, File(BestFile), session.StepsSeen(session.BestStep));
            ModelWeights.Save(model.Model, last, File(LastFile), session.StepsSeen(session.State.GlobalStep));
        }
    }

    /// <summary>Clears away what a killed program left half written.</summary>
    internal void DeleteRemains()
    {
        foreach (var name in FileNames)
        {
            AtomicFile.DeleteRemains(File(name));
        }
    }

    private FileStream? TryLock()
    {
        try
        {
            return new FileStream(File(LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException) when (System.IO.File.Exists(File(LockFile)))
        {
            return null;
        }
    }

    private bool IsUnused()
    {
        var names = Directory.EnumerateFileSystemEntries(Path).Select(path => System.IO.Path.GetFileName(path)).ToList();
        return names.All(name => name is ConfigFile or SpecFile or LockFile || IsRemains(name))
            // Files of that name that are no run's are somebody's. The configuration is written before the spec.
            && (names.Contains(ConfigFile) ? TryReadConfiguration() is not null : !names.Contains(SpecFile));
    }

    private static bool IsRemains(string name) => FileNames.Any(file => AtomicFile.IsTemporary(name, file));
}
