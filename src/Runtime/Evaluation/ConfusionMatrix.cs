namespace FashionCnn.Evaluation;

/// <summary>How well one class is told from the others; a ratio of nothing is null.</summary>
/// <param name="Class">The class's number.</param>
/// <param name="Support">Images of the class.</param>
/// <param name="Precision">Share of the images called this class that are of it.</param>
/// <param name="Recall">Share of the images of this class that are called it.</param>
internal sealed record ClassMetrics(int Class, int Support, double? Precision, double? Recall)
{
    /// <summary>The harmonic mean of precision and recall; 0 when both are 0.</summary>
    public double? F1 => Precision is { } precision && Recall is { } recall ? precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall) : null;
}

/// <summary>How often images of each class were called each class.</summary>
internal sealed class ConfusionMatrix
{
    // Few of the pairs occur when there are many classes.
    private readonly Dictionary<(int Label, int Predicted), int> counts = [];
    private readonly int[] labeled;
    private readonly int[] called;

    /// <summary>Counts predictions.</summary>
    public ConfusionMatrix(Predictions predictions, int classes)
    {
        Classes = classes;
        (labeled, called) = (new int[classes], new int[classes]);
        for (var i = 0; i < predictions.Count; i++)
        {
            var pair = (predictions.Labels[i], predictions.Predicted[i]);
            counts[pair] = counts.GetValueOrDefault(pair) + 1;
            labeled[pair.Item1]++;
            called[pair.Item2]++;
        }
    }

    /// <summary>How many classes there are.</summary>
    public int Classes { get; }

    /// <summary>Images of class <paramref name="label"/> that were called <paramref name="predicted"/>.</summary>
    public int this[int label, int predicted] => counts.GetValueOrDefault((label, predicted));

    /// <summary>Precision and recall of each class.</summary>
    public IReadOnlyList<ClassMetrics> Metrics => [.. Enumerable.Range(0, Classes).Select(Of)];

    /// <summary>The wrong classes that images were called, the most frequent first.</summary>
    public IReadOnlyList<(int Label, int Predicted, int Count)> Mistakes =>
        [.. counts.Where(pair => pair.Key.Label != pair.Key.Predicted).Select(pair => (pair.Key.Label, pair.Key.Predicted, pair.Value))
            .OrderByDescending(mistake => mistake.Value).ThenBy(mistake => mistake.Label).ThenBy(mistake => mistake.Predicted)];

    private ClassMetrics Of(int label)
    {
        double right = this[label, label];
        return new ClassMetrics(label, labeled[label], called[label] == 0 ? null : right / called[label], labeled[label] == 0 ? null : right / labeled[label]);
    }
}
