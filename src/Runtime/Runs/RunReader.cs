using System.Globalization;
using System.Text.Json;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>Reads what a run left, and checks all of it: each file by itself, and that the files are of one run.</summary>
internal static class RunReader
{
    public static RunRecord Read(RunFolder folder)
    {
        if (!File.Exists(folder.File(RunFolder.ResultFile)))
        {
            throw new InputException(
                CheckpointStore.IsIn(folder.Path) ? $"{folder.Path}: the run has not ended; it has no result.json. Continue it."
                : File.Exists(folder.File(RunFolder.ConfigFile)) ? $"{folder.Path}: the run never came to its first checkpoint. Start it again."
                : $"{folder.Path}: not a run; it has no result.json. Give the folder of a run.")
            {
                Setting = CheckpointStore.IsIn(folder.Path) ? InputSetting.Run : null,
            };
        }

        var configuration = ReadConfiguration(folder);
        var result = FromJson<RunResult>(folder, RunFolder.ResultFile);
        var history = ReadHistory(folder);
        CheckTogether(folder, configuration, result, history);
        // A run that was lengthened by an earlier version and interrupted still has the predictions of its first end.
        return new RunRecord(folder, configuration, result, history, result.Completed ? ReadPredictions(folder, configuration) : null);
    }

    public static RunConfiguration ReadConfiguration(RunFolder folder)
    {
        var configuration = FromJson<RunConfiguration>(folder, RunFolder.ConfigFile);
        if (configuration.Version > RunConfiguration.CurrentVersion)
        {
            throw new InputException($"{folder.File(RunFolder.ConfigFile)}: the run is of a later version of the program ({configuration.Version}; this one knows {RunConfiguration.CurrentVersion}). Read it with that one.");
        }

        // Runs of version 1 were on data of ten classes, whose names only Fashion-MNIST had.
        return configuration.Version > 1 ? configuration : configuration with { ClassNames = configuration.DataVerified ? FashionMnist.ClassNames : DataSet.Numbers(FashionMnist.ClassNames.Count) };
    }

    private static EpochRecord[] ReadHistory(RunFolder folder)
    {
        var history = FromJson<EpochRecord[]>(folder, RunFolder.HistoryFile);
        // The type does not keep JSON from holding null.
        return Array.Exists(history, epoch => epoch is null) ? throw new InputException($"{folder.File(RunFolder.HistoryFile)}: the file is damaged: an epoch is null.")
            : history.Where((epoch, i) => epoch.Epoch != i + 1).Any() ? throw new InputException($"{folder.File(RunFolder.HistoryFile)}: the file is damaged: its epochs are not 1, 2, 3 and so on. Train the run again.")
            : history;
    }

    private static void CheckTogether(RunFolder folder, RunConfiguration configuration, RunResult result, EpochRecord[] history)
    {
        if (configuration.Model != result.Model || configuration.Seed != result.Seed || configuration.TrainImages != result.TrainImages || configuration.TestImages != result.TestImages)
        {
            throw Apart("config.json and result.json are of different runs");
        }

        if (result.Epochs != history.Length)
        {
            throw Apart($"result.json is of {Epochs(result.Epochs)}, history.json has {history.Length}");
        }

        if (result.Completed && !result.StoppedEarly && result.Epochs != configuration.Training.Epochs)
        {
            throw Apart($"config.json asks for {Epochs(configuration.Training.Epochs)}, result.json is of a run that was finished after {result.Epochs}");
        }

        if (result.FinalEpoch is { } final && (final < 1 || final > history.Length || history[final - 1].TestAccuracy != result.TestAccuracy))
        {
            throw Apart($"result.json does not have the numbers that history.json has for epoch {final}");
        }

        InputException Apart(string what) => new($"{folder.Path}: the files do not belong together: {what}. Continue the run, or train it again.") { Setting = InputSetting.Run };
    }

    private static string Epochs(int count) => count == 1 ? "1 epoch" : $"{count} epochs";

    private static Predictions? ReadPredictions(RunFolder folder, RunConfiguration configuration)
    {
        if (!File.Exists(folder.File(RunFolder.PredictionsFile)))
        {
            return null;
        }

        var predictions = Reading(folder, RunFolder.PredictionsFile, text =>
        {
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines is not [RunFolder.PredictionsHeader, .. var rest])
            {
                throw new FormatException("its first line is not the one that was expected.");
            }

            var rows = rest.Select(line => line.Split(',')).ToList();
            return new Predictions(
                [.. rows.Select(row => byte.Parse(row[1], CultureInfo.InvariantCulture))],
                [.. rows.Select(row => byte.Parse(row[2], CultureInfo.InvariantCulture))],
                [.. rows.Select(row => float.Parse(row[3], CultureInfo.InvariantCulture))],
                [.. rows.Select(row => float.Parse(row[4], CultureInfo.InvariantCulture))]);
        });
        var classes = configuration.ClassNames.Count;
        return predictions.Count == configuration.TestImages && predictions.Labels.Concat(predictions.Predicted).All(label => label < classes)
            ? predictions
            : throw new InputException($"{folder.File(RunFolder.PredictionsFile)}: the file is damaged: it should have {configuration.TestImages} images, of classes 0 to {classes - 1}. Train the run again, or delete the file to leave predictions out.");
    }

    private static T FromJson<T>(RunFolder folder, string name) => Reading(folder, name, RunJson.Read<T>);

    private static T Reading<T>(RunFolder folder, string name, Func<string, T> parse)
    {
        try
        {
            return parse(File.ReadAllText(folder.File(name)));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            throw new InputException($"{folder.File(name)}: the file is damaged: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder.File(name)}: the file cannot be read: {exception.Message}", exception);
        }
    }
}
