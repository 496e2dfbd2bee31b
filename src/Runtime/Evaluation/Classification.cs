using FashionCnn.Data;
using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Evaluation;

/// <summary>Classifies single images.</summary>
internal static class Classification
{
    // Beside a copy of itself, an image goes the way of every other batch. Alone, it may be computed by other kernels; and outside Linux, where
    // NNPACK stays on, each convolution writes a warning to standard error if NNPACK does not know the processor.
    internal const int BatchSize = 2;

    /// <summary>The likeliest classes, the first one first; of equally likely ones that with the smaller number.</summary>
    /// <param name="model">The model. Its mode is restored.</param>
    /// <param name="image">An image of the model's size.</param>
    /// <param name="device">What the model is on.</param>
    /// <param name="count">How many classes; all if the model has no more.</param>
    public static IReadOnlyList<(int Class, double Probability)> Likeliest(ImageClassifier model, ImageFile image, Device device, int count)
    {
        using var scope = NewDisposeScope();
        using var batch = new Batches(new ImageSet([.. image.Pixels, .. image.Pixels], [0, 0], model.Model.Input), device);
        var probabilities = model.predict(batch.Slice(0, BatchSize, model.Precision).Images)[0].cpu().data<float>().ToArray();
        return [.. probabilities.Select((probability, label) => (Class: label, Probability: (double)probability)).OrderByDescending(pair => pair.Probability).Take(count)];
    }
}
