using System.Globalization;
using FashionCnn.Evaluation;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>The tables of a run, history.csv and predictions.csv: a first line of names, then a line for each epoch or image.</summary>
internal static class RunTables
{
    private const string HistoryHeader = "epoch,train_loss,train_accuracy,test_loss,test_accuracy,train_seconds,test_seconds,validation_loss,validation_accuracy";
    private const string PredictionsHeader = "image,label,predicted,confidence,loss";

    // Columns of the test images and of those that are held out.
    private static readonly int[] MayBeMissing = [3, 4, 7, 8];

    /// <summary>The epochs as history.csv.</summary>
    public static string Write(IReadOnlyList<EpochRecord> history) => Lines(HistoryHeader, history.Select(epoch => string.Create(
        CultureInfo.InvariantCulture,
        $"{epoch.Epoch},{epoch.TrainLoss},{epoch.TrainAccuracy},{epoch.TestLoss},{epoch.TestAccuracy},{epoch.TrainSeconds:0.000},{epoch.TestSeconds:0.000},{epoch.ValidationLoss},{epoch.ValidationAccuracy}")));

    /// <summary>What the final weights say of each test image as predictions.csv.</summary>
    public static string Write(Predictions predictions) => Lines(PredictionsHeader, Enumerable.Range(0, predictions.Count).Select(i => string.Create(
        CultureInfo.InvariantCulture, $"{i},{predictions.Labels[i]},{predictions.Predicted[i]},{predictions.Confidence[i]},{predictions.Losses[i]}")));

    /// <summary>The epochs of a history.csv.</summary>
    /// <exception cref="FormatException">The text is not one.</exception>
    public static EpochRecord[] ReadHistory(string text) => Rows(HistoryHeader, text, (cells, line) =>
        cells.Length == 9 && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
        && (Number(cells[1]), Number(cells[2]), Number(cells[5]), Number(cells[6])) is ({ } loss, { } accuracy, { } seconds, { } testSeconds)
        && MayBeMissing.All(i => cells[i].Length == 0 || Number(cells[i]) is not null)
            ? new EpochRecord(epoch, loss, accuracy, Number(cells[3]), Number(cells[4]), seconds, testSeconds, Number(cells[7]), Number(cells[8]))
            : throw new FormatException($"its line {line} is not the numbers of an epoch."));

    /// <summary>The predictions of a predictions.csv.</summary>
    /// <exception cref="FormatException">The text is not one, or has values that cannot be.</exception>
    public static Predictions ReadPredictions(string text)
    {
        var rows = Rows(PredictionsHeader, text, (cells, line) =>
            cells.Length == 5
            && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == line - 2
            && int.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out var label)
            && int.TryParse(cells[2], NumberStyles.None, CultureInfo.InvariantCulture, out var predicted)
            && float.TryParse(cells[3], NumberStyles.Float, CultureInfo.InvariantCulture, out var confidence) && RunValues.IsShare(confidence)
            && float.TryParse(cells[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var loss) && RunValues.IsLoss(loss)
                ? (Label: label, Predicted: predicted, Confidence: confidence, Loss: loss)
                : throw new FormatException($"its line {line} is not the number, label, prediction, confidence and loss of image {line - 2}."));
        return new Predictions([.. rows.Select(row => row.Label)], [.. rows.Select(row => row.Predicted)], [.. rows.Select(row => row.Confidence)], [.. rows.Select(row => row.Loss)]);
    }

    private static string Lines(string header, IEnumerable<string> lines) => string.Concat(lines.Prepend(header).Select(line => line + "\n"));

    // Lines are counted from 1, the header included.
    private static T[] Rows<T>(string header, string text, Func<string[], int, T> row)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0 && lines[0] == header
            ? [.. lines.Skip(1).Select((line, i) => row(line.Split(','), i + 2))]
            : throw new FormatException("its first line is not the expected one.");
    }

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
