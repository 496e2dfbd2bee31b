using System.IO.Compression;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Storage;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>Reads what a run left, and checks all of it: each file by itself, and that the files are of one run.</summary>
internal static class RunReader
{
    private const int ClassesOfVersion1 = 10;

    public static RunRecord Read(RunFolder folder)
    {
        RunFiles.CheckHasResult(folder.Path);
        var configuration = ReadConfiguration(folder);
        var result = FromJson<RunResult>(folder, RunFolder.ResultFile);
        var epochs = !File.Exists(folder.File(RunFolder.HistoryFile)) && File.Exists(folder.File(RunFolder.HistoryTableFile)) ? RunFolder.HistoryTableFile : RunFolder.HistoryFile;
        var history = ReadHistory(folder, epochs);
        Refuse(folder, RunFolder.ResultFile, RunValues.FaultOf(result));
        CheckTogether(folder, configuration, result, history, epochs);
        // A run that was lengthened by an earlier version and interrupted still has the predictions of its first end.
        return new RunRecord(folder, configuration, result, history, result.Completed ? ReadPredictions(folder, configuration) : null);
    }

    public static RunConfiguration ReadConfiguration(RunFolder folder)
    {
        var configuration = FromJson<RunConfiguration>(folder, RunFolder.ConfigFile);
        if (configuration.Version > RunConfiguration.CurrentVersion)
        {
            throw new InputException($"{folder.File(RunFolder.ConfigFile)}: the run was written by a later version of the program ({configuration.Version}; this one reads up to {RunConfiguration.CurrentVersion}). Use that version.");
        }

        if (configuration.Version < 1)
        {
            throw Damaged(folder, RunFolder.ConfigFile, $"version cannot be {configuration.Version}.");
        }

        // Runs of version 1 were on data of ten classes, and did not keep their names.
        if (configuration.Version == 1)
        {
            configuration = configuration with { ClassNames = (configuration.DataVerified ? PublishedData.Named(configuration.Data)?.ClassNames : null) ?? DataSet.Numbers(ClassesOfVersion1) };
        }

        Refuse(folder, RunFolder.ConfigFile, RunValues.FaultOf(configuration));
        return configuration;
    }

    // A run that was archived has its epochs as a table only.
    private static EpochRecord[] ReadHistory(RunFolder folder, string name)
    {
        var history = name == RunFolder.HistoryTableFile ? Reading(folder, name, RunTables.ReadHistory) : FromJson<EpochRecord[]>(folder, name);
        if (history.Where((epoch, i) => epoch.Epoch != i + 1).Any())
        {
            throw Damaged(folder, name, "its epochs are not 1, 2, 3 and so on. Train the run again.");
        }

        Refuse(folder, name, history.Select(RunValues.FaultOf).FirstOrDefault(fault => fault is not null));
        return history;
    }

    private static void CheckTogether(RunFolder folder, RunConfiguration configuration, RunResult result, EpochRecord[] history, string epochs)
    {
        if (configuration.Model != result.Model || configuration.Seed != result.Seed || configuration.TrainImages != result.TrainImages || configuration.TestImages != result.TestImages)
        {
            throw Apart("config.json and result.json are of different runs");
        }

        if (result.Epochs != history.Length)
        {
            throw Apart($"result.json is of {Epochs(result.Epochs)}, {epochs} has {history.Length}");
        }

        if (result.Completed && !result.StoppedEarly && result.Epochs != configuration.Training.Epochs)
        {
            throw Apart($"config.json asks for {Epochs(configuration.Training.Epochs)}, result.json is of a run that was finished after {result.Epochs}");
        }

        if (history.Length > 0 != result.FinalEpoch is not null)
        {
            throw Apart($"result.json has {(result.FinalEpoch is null ? "no final epoch" : "a final epoch")}, {epochs} has {Epochs(history.Length)}");
        }

        if (result.FinalEpoch is { } final && (final < 1 || final > history.Length || !HasNumbersOf(result, history[final - 1])))
        {
            throw Apart($"result.json does not have the numbers that {epochs} has for epoch {final}");
        }

        if (result is { Completed: true, TestLoss: null } or { Completed: true, TestAccuracy: null })
        {
            throw Apart("result.json is of a run that was finished, but has no numbers of the test images");
        }

        InputException Apart(string what) => new($"{folder.Path}: the files do not belong together: {what}. Continue the run, or train it again.") { Setting = InputSetting.Run };
    }

    private static bool HasNumbersOf(RunResult result, EpochRecord epoch) =>
        (result.TrainLoss, result.TrainAccuracy, result.TestLoss, result.TestAccuracy) == (epoch.TrainLoss, epoch.TrainAccuracy, epoch.TestLoss, epoch.TestAccuracy);

    private static string Epochs(int count) => count == 1 ? "1 epoch" : $"{count} epochs";

    private static Predictions? ReadPredictions(RunFolder folder, RunConfiguration configuration)
    {
        var name = new[] { RunFolder.PredictionsFile, RunFolder.CompressedPredictionsFile }.FirstOrDefault(name => File.Exists(folder.File(name)));
        if (name is null)
        {
            return null;
        }

        var predictions = Reading(folder, name, RunTables.ReadPredictions);
        var classes = configuration.ClassNames.Count;
        return predictions.Count == configuration.TestImages && predictions.Labels.Concat(predictions.Predicted).All(label => label < classes)
            ? predictions
            : throw Damaged(folder, name, $"it should have {configuration.TestImages} images, of classes 0 to {classes - 1}. Train the run again, or delete the file to leave predictions out.");
    }

    private static T FromJson<T>(RunFolder folder, string name) => Reading(folder, name, text =>
    {
        try
        {
            return JsonDamage.Find(text) is { } fault ? throw new FormatException($"{fault}.") : RunJson.Read<T>(text);
        }
        catch (Exception exception) when (JsonDamage.Is(exception))
        {
            throw new FormatException($"{JsonDamage.Explain(exception, text)}.", exception);
        }
    });

    private static T Reading<T>(RunFolder folder, string name, Func<string, T> parse)
    {
        try
        {
            return parse(Text(folder.File(name)));
        }
        catch (FormatException exception)
        {
            throw Damaged(folder, name, exception.Message, exception);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(folder, name, "its gzip compression cannot be read.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder.File(name)}: the file cannot be read: {exception.Message}", exception);
        }
    }

    private static string Text(string path)
    {
        if (!path.EndsWith(".gz", StringComparison.Ordinal))
        {
            return File.ReadAllText(path);
        }

        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }

    private static void Refuse(RunFolder folder, string name, string? fault)
    {
        if (fault is not null)
        {
            throw Damaged(folder, name, fault);
        }
    }

    private static InputException Damaged(RunFolder folder, string name, string what, Exception? cause = null) =>
        new($"{folder.File(name)}: the file is damaged: {what}", cause!);
}
