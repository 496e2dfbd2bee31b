namespace FashionCnn.Evaluation;

/// <summary>What a model says of each image of a set, in the set's order.</summary>
/// <param name="Labels">The true class of each image.</param>
/// <param name="Predicted">The likeliest class.</param>
/// <param name="Confidence">Its probability, 0 to 1.</param>
/// <param name="Losses">The cross-entropy.</param>
internal sealed record Predictions(int[] Labels, int[] Predicted, float[] Confidence, float[] Losses)
{
    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>How many were classified rightly.</summary>
    public int Correct => Enumerable.Range(0, Count).Count(IsRight);

    /// <summary>Share of the images classified rightly, 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>Mean cross-entropy.</summary>
    public double Loss => Losses.Sum(loss => (double)loss) / Count;

    /// <summary>Whether an image was classified rightly.</summary>
    public bool IsRight(int image) => Labels[image] == Predicted[image];
}
