using FashionCnn.Models;
using FashionCnn.Storage;

namespace FashionCnn.Training;

/// <summary>Watches the held-out images, and keeps the best epoch and its weights.</summary>
/// <param name="monitor"><c>val_loss</c> or <c>val_accuracy</c>.</param>
/// <param name="minDelta">The least change that counts as an improvement.</param>
internal sealed class BestEpoch(string monitor, double minDelta)
{
    /// <summary>The epoch that did best so far.</summary>
    public EpochRecord? Record { get; private set; }

    /// <summary>Its weights; empty before there is one.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Weights { get; private set; } = new Dictionary<string, StoredTensor>();

    /// <summary>How many epochs have gone by without an improvement.</summary>
    public int EpochsWithout { get; private set; }

    /// <summary>Takes an epoch into account.</summary>
    public void Observe(EpochRecord epoch, ImageClassifier model)
    {
        if (Record is not null && Value(epoch) >= Value(Record) - minDelta)
        {
            EpochsWithout++;
            return;
        }

        Record = epoch;
        EpochsWithout = 0;
        Weights = ModelState.Capture(model);
    }

    /// <summary>Goes on from a checkpoint.</summary>
    public void Resume(EpochRecord? record, int epochsWithout, IReadOnlyDictionary<string, StoredTensor> weights) =>
        (Record, EpochsWithout, Weights) = (record, epochsWithout, weights);

    // Smaller is better for both.
    private double Value(EpochRecord epoch) => monitor == "val_accuracy" ? -epoch.ValidationAccuracy!.Value : epoch.ValidationLoss!.Value;
}
