namespace FashionCnn.Training;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainLoss">Mean cross-entropy over the epoch's images as they were trained on (dropout active).</param>
/// <param name="TrainAccuracy">Share of the epoch's images that were classified rightly as they were trained on, 0 to 1.</param>
/// <param name="TestLoss">Mean cross-entropy on the test images after the epoch; null when they were not evaluated then.</param>
/// <param name="TestAccuracy">Share of the test images classified rightly after the epoch, 0 to 1; null when they were not evaluated then.</param>
/// <param name="TrainSeconds">Time spent training, evaluation not counted.</param>
/// <param name="TestSeconds">Time spent evaluating.</param>
/// <param name="ValidationLoss">Mean cross-entropy on the held-out images; null when none are held out.</param>
/// <param name="ValidationAccuracy">Share of the held-out images classified rightly; null when none are held out.</param>
public sealed record EpochRecord(
    int Epoch,
    double TrainLoss,
    double TrainAccuracy,
    double? TestLoss,
    double? TestAccuracy,
    double TrainSeconds,
    double TestSeconds,
    double? ValidationLoss = null,
    double? ValidationAccuracy = null);
