using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Training;

namespace FashionCnn.Tuning;

/// <summary>What there is to choose from, each list with the one first that is taken without tuning.</summary>
/// <param name="Layouts">Memory layouts.</param>
/// <param name="Threads">Numbers of threads.</param>
/// <param name="EvaluationBatches">Images that are evaluated at once.</param>
internal sealed record TuningCandidates(IReadOnlyList<string> Layouts, IReadOnlyList<int> Threads, IReadOnlyList<int> EvaluationBatches)
{
    private const int BytesPerValue = 4;

    // What is left for the weights, the images and everything else.
    private const int ShareOfMemory = 4;

    /// <summary>The usual candidates: both layouts; all threads, half of them and one; evaluation batches that the memory has room for.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">What is taken without tuning.</param>
    /// <param name="layout">The layout may be chosen.</param>
    /// <param name="threads">The number of threads may be chosen.</param>
    /// <param name="memory">The machine's memory in bytes.</param>
    public static TuningCandidates For(ModelDescriptor model, RunSettings settings, bool layout, bool threads, long memory)
    {
        var perImage = model.Layers.Sum(layer => Math.Max(1, layer.OutputShape.Height) * Math.Max(1, layer.OutputShape.Width) * layer.OutputShape.Channels) * BytesPerValue;
        // On a GPU the processor's threads do nothing.
        int[] counts = threads && settings.Device == "cpu" ? [settings.Threads, settings.Threads / 2, 1] : [settings.Threads];
        int[] batches = [Evaluator.DefaultBatchSize, 50, 200, 500];
        return new TuningCandidates(
            layout ? [settings.Layout, MemoryLayout.Other(settings.Layout)] : [settings.Layout],
            [.. counts.Where(count => count > 0).Distinct()],
            [.. batches.Where(batch => batch == Evaluator.DefaultBatchSize || batch * perImage <= memory / ShareOfMemory)]);
    }

    /// <summary>Whether a choice is one of these.</summary>
    public bool Has(TuningChoice choice) => Layouts.Contains(choice.Layout) && Threads.Contains(choice.Threads) && EvaluationBatches.Contains(choice.EvaluationBatch);
}
