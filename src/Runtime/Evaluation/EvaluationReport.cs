using FashionCnn.Data;

namespace FashionCnn.Evaluation;

/// <summary>Everything that is said of a model on a set of test images.</summary>
/// <param name="Images">How many images there are.</param>
/// <param name="Loss">Mean cross-entropy.</param>
/// <param name="Accuracy">Share of the images classified rightly.</param>
/// <param name="AccuracyInterval">Its 95 % interval.</param>
/// <param name="Duplicates">Test images that also occur in the training set, see <see cref="Evaluation.Duplicates"/>; null when they were not looked for.</param>
/// <param name="AccuracyWithoutDuplicates">The accuracy without those; null when none is left, or they were not looked for.</param>
/// <param name="Classes">Precision, recall and F1 of each class.</param>
/// <param name="Confusion">Rows are true classes, columns predicted ones; null for more than <see cref="ConfusionClasses"/> classes.</param>
internal sealed record EvaluationReport(
    int Images,
    double Loss,
    double Accuracy,
    Interval AccuracyInterval,
    int? Duplicates,
    double? AccuracyWithoutDuplicates,
    IReadOnlyList<ClassMetrics> Classes,
    IReadOnlyList<IReadOnlyList<int>>? Confusion)
{
    /// <summary>With more classes than this, nobody reads the matrix, and it would fill the memory.</summary>
    public const int ConfusionClasses = 1_000;

    /// <summary>What the predictions were computed in, fp32 or bf16; null where it is not known.</summary>
    public string? Precision { get; init; }

    /// <summary>Sums predictions up.</summary>
    /// <param name="predictions">Of the test images.</param>
    /// <param name="data">The images; duplicates are looked for among all training images.</param>
    public static EvaluationReport Of(Predictions predictions, DataSet data)
    {
        var duplicates = Evaluation.Duplicates.Find(data.Test, data.Train)?.ToHashSet();
        var others = duplicates is null ? [] : Enumerable.Range(0, predictions.Count).Where(i => !duplicates.Contains(i)).ToList();
        var matrix = new ConfusionMatrix(predictions, data.ClassNames.Count);
        return new EvaluationReport(
            predictions.Count,
            predictions.Loss,
            predictions.Accuracy,
            Interval.OfShare(predictions.Correct, predictions.Count),
            duplicates?.Count,
            others.Count == 0 ? null : (double)others.Count(predictions.IsRight) / others.Count,
            matrix.Metrics,
            matrix.Classes > ConfusionClasses ? null : [.. Enumerable.Range(0, matrix.Classes).Select(label => Enumerable.Range(0, matrix.Classes).Select(predicted => matrix[label, predicted]).ToArray())]);
    }
}
