namespace FashionCnn.Evaluation;

/// <summary>How well one class is told from the others; a ratio of nothing is null.</summary>
/// <param name="Class">The class's number.</param>
/// <param name="Support">Images of the class.</param>
/// <param name="Precision">Share of the images called this class that are of it.</param>
/// <param name="Recall">Share of the images of this class that are called it.</param>
public sealed record ClassMetrics(int Class, int Support, double? Precision, double? Recall)
{
    /// <summary>The harmonic mean of precision and recall; 0 when both are 0.</summary>
    public double? F1 => Precision is { } precision && Recall is { } recall ? precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall) : null;
}

/// <summary>How often images of each class were called each class.</summary>
public sealed class ConfusionMatrix
{
    private readonly int[,] counts;

    /// <summary>Counts predictions.</summary>
    public ConfusionMatrix(Predictions predictions, int classes)
    {
        Classes = classes;
        counts = new int[classes, classes];
        for (var i = 0; i < predictions.Count; i++)
        {
            counts[predictions.Labels[i], predictions.Predicted[i]]++;
        }
    }

    /// <summary>How many classes there are.</summary>
    public int Classes { get; }

    /// <summary>Images of class <paramref name="label"/> that were called <paramref name="predicted"/>.</summary>
    public int this[int label, int predicted] => counts[label, predicted];

    /// <summary>Precision and recall of each class.</summary>
    public IReadOnlyList<ClassMetrics> Metrics => [.. Enumerable.Range(0, Classes).Select(Of)];

    private ClassMetrics Of(int label)
    {
        var all = Enumerable.Range(0, Classes).ToList();
        var support = all.Sum(predicted => counts[label, predicted]);
        var called = all.Sum(other => counts[other, label]);
        var right = counts[label, label];
        return new ClassMetrics(label, support, called == 0 ? null : (double)right / called, support == 0 ? null : (double)right / support);
    }
}
