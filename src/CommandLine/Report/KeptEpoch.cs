using FashionCnn.Models;
using static System.FormattableString;

namespace FashionCnn.CommandLine.Report;

/// <summary>Says which epoch's weights the held-out images chose.</summary>
internal static class KeptEpoch
{
    /// <summary>With <c>min_delta</c> the epoch need not be the best: one that was better by no more than that may have come after it.</summary>
    public static string Describe(TrainingSettings training) => training.EarlyStopping is { MinDelta: > 0 } stopping
        ? Invariant($"the last to improve {stopping.Monitor} by more than min_delta ({stopping.MinDelta})")
        : "the best on the held-out images";
}
