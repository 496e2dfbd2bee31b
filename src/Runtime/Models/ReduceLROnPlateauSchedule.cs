namespace FashionCnn.Models;

/// <summary>
/// Keras's callback of this name as a pure function of the finished epochs: the rate is multiplied by <paramref name="Factor"/> when the
/// held-out images have not improved for <paramref name="Patience"/> epochs.
/// </summary>
/// <param name="Monitor"><c>val_loss</c> or <c>val_accuracy</c>.</param>
/// <param name="Factor">Above 0 and below 1.</param>
/// <param name="Patience">Epochs in a row without improvement after which the rate falls; 0 counts as 1, as in Keras.</param>
/// <param name="MinDelta">An epoch improves when it is better than the best so far by more than this.</param>
/// <param name="Cooldown">Epochs after a reduction in which none is counted.</param>
/// <param name="MinLr">The rate below which it does not fall.</param>
public sealed record ReduceLROnPlateauSchedule(
    string Monitor = "val_loss", double Factor = 0.1, int Patience = 10, double MinDelta = 1e-4, int Cooldown = 0, double MinLr = 0) : LearningRateSchedule
{
    /// <summary>The optimizer's rate: what the epochs came to does not follow from the place in training, see <see cref="After"/>.</summary>
    /// <inheritdoc/>
    public override double At(double learningRate, double epoch, int epochs) => learningRate;

    /// <summary>The rate of the epoch after some that are finished.</summary>
    /// <param name="learningRate">The optimizer's rate.</param>
    /// <param name="epochs">Loss and accuracy of each finished epoch on the held-out images.</param>
    public double After(double learningRate, IEnumerable<(double Loss, double Accuracy)> epochs)
    {
        var (rate, best, waited, cooling) = (learningRate, double.PositiveInfinity, 0, 0);
        foreach (var (loss, accuracy) in epochs)
        {
            // Smaller is better for both.
            var value = Monitor == "val_accuracy" ? -accuracy : loss;
            if (cooling > 0)
            {
                cooling--;
                waited = 0;
            }

            if (value < best - MinDelta)
            {
                best = value;
                waited = 0;
            }
            else if (cooling == 0 && ++waited >= Patience && rate > MinLr)
            {
                rate = Math.Max(rate * Factor, MinLr);
                cooling = Cooldown;
                waited = 0;
            }
        }

        return rate;
    }
}
