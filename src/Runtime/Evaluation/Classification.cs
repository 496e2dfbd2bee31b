using FashionCnn.Data;
using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Evaluation;

/// <summary>A class and how likely a model holds it to be.</summary>
/// <param name="Class">The class's number.</param>
/// <param name="Probability">0 to 1.</param>
public sealed record ClassProbability(int Class, double Probability);

/// <summary>Classifies single images.</summary>
internal static class Classification
{
    // Torch computes a single image by way of NNPACK, and where the processor is none of those that NNPACK knows, each convolution writes a
    // warning to standard error. Beside a copy of itself, an image goes the way of every other batch.
    internal const int BatchSize = 2;

    /// <summary>The likeliest classes, the first one first; of equally likely ones that with the smaller number.</summary>
    /// <param name="model">The model. Its mode is restored.</param>
    /// <param name="image">An image of the model's size.</param>
    /// <param name="device">What the model is on.</param>
    /// <param name="count">How many classes; all if the model has no more.</param>
    public static IReadOnlyList<ClassProbability> Likeliest(ImageClassifier model, ImageFile image, Device device, int count)
    {
        using var scope = NewDisposeScope();
        using var batch = new Batches(new ImageSet([.. image.Pixels, .. image.Pixels], [0, 0], model.Model.Input), device);
        var probabilities = model.predict(batch.Slice(0, BatchSize, model.Precision).Images)[0].cpu().data<float>().ToArray();
        return [.. probabilities.Select((probability, label) => new ClassProbability(label, probability)).OrderByDescending(pair => pair.Probability).Take(count)];
    }
}
