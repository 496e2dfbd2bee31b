using FashionCnn.Evaluation;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>What a run left.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Configuration">What decided it.</param>
/// <param name="Result">What it came to.</param>
/// <param name="History">Its epochs.</param>
/// <param name="Predictions">What the final weights say of each test image; null when it was interrupted.</param>
internal sealed record RunRecord(
    RunFolder Folder, RunConfiguration Configuration, RunResult Result, IReadOnlyList<EpochRecord> History, Predictions? Predictions);
