using FashionCnn.Evaluation;

namespace FashionCnn.Training;

/// <summary>How training ended.</summary>
/// <param name="History">The finished epochs.</param>
/// <param name="Canceled">It was interrupted; the model keeps what was trained.</param>
/// <param name="StoppedEarly">The held-out images no longer got better, so it ended before the last epoch.</param>
/// <param name="Final">The epoch whose weights the model has; null when no epoch was finished.</param>
/// <param name="Place">Where it was interrupted, such as <c>epoch 3, step 120</c>; null when it was not.</param>
internal sealed record TrainingOutcome(
    IReadOnlyList<EpochRecord> History, bool Canceled, bool StoppedEarly = false, EpochRecord? Final = null, string? Place = null)
{
    /// <summary>What the final weights say of each test image, where these were evaluated after training; null otherwise.</summary>
    public Predictions? Predictions { get; init; }
}
