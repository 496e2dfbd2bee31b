using FashionCnn.Models;

namespace FashionCnn.Training;

/// <summary>
/// Watches the held-out images, and keeps the last epoch that improved on them by more than the least change, and its weights. With a
/// least change of 0 that is the best one; with another, a slightly better one may have come after it, as in Keras.
/// </summary>
/// <param name="monitor"><c>val_loss</c> or <c>val_accuracy</c>.</param>
/// <param name="minDelta">The least change that counts as an improvement.</param>
internal sealed class BestEpoch(string monitor, double minDelta) : IDisposable
{
    /// <summary>The epoch that is kept.</summary>
    public EpochRecord? Record { get; private set; }

    /// <summary>Its weights; null before there is one.</summary>
    public ModelSnapshot? Weights { get; private set; }

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
        Weights?.Dispose();
        Weights = ModelSnapshot.Of(model);
    }

    /// <summary>Goes on from a checkpoint.</summary>
    public void Resume(EpochRecord? record, int epochsWithout, ModelSnapshot? weights)
    {
        Weights?.Dispose();
        (Record, EpochsWithout, Weights) = (record, epochsWithout, weights);
    }

    /// <inheritdoc/>
    public void Dispose() => Weights?.Dispose();

    // Smaller is better for both.
    private double Value(EpochRecord epoch) => monitor == "val_accuracy" ? -epoch.ValidationAccuracy!.Value : epoch.ValidationLoss!.Value;
}
