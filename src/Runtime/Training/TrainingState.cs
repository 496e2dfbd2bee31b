namespace FashionCnn.Training;

/// <summary>Where training stands between two steps, the tensors aside.</summary>
/// <param name="Epoch">The running epoch, from 1.</param>
/// <param name="Step">The steps done in it. When these are all, it has not been evaluated yet.</param>
/// <param name="LossSum">Sum of the loss over the images done in it.</param>
/// <param name="Correct">How many of them were classified rightly.</param>
/// <param name="Seconds">Time spent training in it.</param>
/// <param name="History">The finished epochs.</param>
/// <param name="Best">The epoch that did best on the held-out images.</param>
/// <param name="EpochsWithoutImprovement">Epochs since then.</param>
/// <param name="GlobalStep">The steps done since the run started.</param>
internal sealed record TrainingState(
    int Epoch,
    int Step,
    double LossSum,
    long Correct,
    double Seconds,
    IReadOnlyList<EpochRecord> History,
    EpochRecord? Best,
    int EpochsWithoutImprovement,
    long GlobalStep)
{
    /// <summary>Before the first step.</summary>
    public static TrainingState Start { get; } = new(1, 0, 0, 0, 0, [], null, 0, 0);

    /// <summary><c>epoch 3, step 120</c>, as messages name the place.</summary>
    public string Place => Step == 0 ? $"the end of epoch {Epoch - 1}" : $"epoch {Epoch}, step {Step}";
}
