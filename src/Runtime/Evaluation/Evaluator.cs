using FashionCnn.Data;
using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Evaluation;

/// <summary>How well a model does on a set of images.</summary>
/// <param name="Loss">Mean cross-entropy.</param>
/// <param name="Accuracy">Share of the images classified rightly, 0 to 1.</param>
internal sealed record EvaluationResult(double Loss, double Accuracy);

/// <summary>Evaluates a model, in evaluation mode and Torch's inference mode.</summary>
internal static class Evaluator
{
    /// <summary>Images that are evaluated at once unless something else is said.</summary>
    // Smaller ones are slower, larger ones hardly faster; the activations of the largest study model take 200 MB then.
    public const int DefaultBatchSize = 100;

    /// <summary>Evaluates a model on the device that it is on; null when it was stopped. The model's mode is restored.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Images on the model's device.</param>
    /// <param name="labelSmoothing">The share of each label that is spread over all classes.</param>
    /// <param name="batchSize">Images that are computed at once.</param>
    /// <param name="cancellation">Looked at after every batch.</param>
    public static EvaluationResult? Evaluate(
        ImageClassifier model, Batches images, double labelSmoothing = 0, int batchSize = DefaultBatchSize, CancellationToken cancellation = default) =>
        Sum(model, images, (0, images.Count), labelSmoothing, batchSize, cancellation) is ({ } loss, { } correct) ? new EvaluationResult(loss / images.Count, (double)correct / images.Count) : null;

    /// <summary>The loss of a run of images, added up, and how many are classified rightly; null when it was stopped.</summary>
    internal static (double Loss, long Correct)? Sum(ImageClassifier model, Batches images, (int Start, int Size) part, double labelSmoothing, int batchSize, CancellationToken cancellation)
    {
        var loss = 0.0;
        var correct = 0L;
        return ForEachBatch(model, images, part, batchSize, (logits, labels) =>
        {
            loss += nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.Sum, label_smoothing: labelSmoothing).item<float>();
            correct += logits.argmax(1).eq(labels).sum().item<long>();
        }, cancellation) ? (loss, correct) : null;
    }

    /// <summary>What a model says of each image; null when it was stopped. The model's mode is restored.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">Images on the model's device.</param>
    /// <param name="batchSize">Images that are computed at once.</param>
    /// <param name="cancellation">Looked at after every batch.</param>
    public static Predictions? Predict(ImageClassifier model, Batches images, int batchSize = DefaultBatchSize, CancellationToken cancellation = default) =>
        Predict(model, images, (0, images.Count), batchSize, cancellation);

    /// <summary>What a model says of a run of images; null when it was stopped.</summary>
    internal static Predictions? Predict(ImageClassifier model, Batches images, (int Start, int Size) part, int batchSize, CancellationToken cancellation = default)
    {
        List<int> labels = [], predicted = [];
        List<float> confidence = [], losses = [];
        return ForEachBatch(model, images, part, batchSize, (logits, truth) =>
        {
            var (probability, likeliest) = nn.functional.softmax(logits, 1).max(1);
            labels.AddRange(truth.to(int32).cpu().data<int>());
            predicted.AddRange(likeliest.to(int32).cpu().data<int>());
            confidence.AddRange(probability.cpu().data<float>());
            losses.AddRange(nn.functional.cross_entropy(logits, truth, reduction: nn.Reduction.None).cpu().data<float>());
        }, cancellation) ? new Predictions([.. labels], [.. predicted], [.. confidence], [.. losses]) : null;
    }

    /// <summary>Hands each batch's logits and labels on; false when it was stopped.</summary>
    private static bool ForEachBatch(ImageClassifier model, Batches images, (int Start, int Size) range, int batchSize, Action<Tensor, Tensor> take, CancellationToken cancellation)
    {
        var wasTraining = model.training;
        model.eval();
        try
        {
            using var guard = inference_mode();
            (int Start, int Size)[] parts = [.. Enumerable.Range(0, (range.Size + batchSize - 1) / batchSize).Select(part => (range.Start + (part * batchSize), Math.Min(batchSize, range.Size - (part * batchSize))))];
            using var pass = images.Begin(order: null, parts, from: 0, model.Precision);
            for (var part = 0; part < parts.Length; part++)
            {
                using var scope = NewDisposeScope();
                var (batch, labels) = pass.Next();
                take(model.forward(batch), labels);
                if (cancellation.IsCancellationRequested)
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            model.train(wasTraining);
        }
    }
}
