namespace FashionCnn.Training;

/// <summary>How training ended.</summary>
/// <param name="History">The finished epochs.</param>
/// <param name="Cancelled">It was stopped before the last epoch was done; the model keeps what was trained.</param>
public sealed record TrainingOutcome(IReadOnlyList<EpochRecord> History, bool Cancelled);
