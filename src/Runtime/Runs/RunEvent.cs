using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Storage;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>What happens in a run, for callers that report it.</summary>
internal abstract record RunEvent;

/// <summary>A checkpoint is damaged; the one before it is used, if there is one.</summary>
/// <param name="Problem">Which one, and what is wrong with it.</param>
internal sealed record CheckpointSkipped(string Problem) : RunEvent;

/// <summary>A run is continued.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="From">The place of its last checkpoint.</param>
/// <param name="Changes">The settings that are changed from here on.</param>
internal sealed record RunContinued(RunFolder Folder, TrainingState From, IReadOnlyList<SettingChange> Changes) : RunEvent;

/// <summary>Everything was checked, the run's folder is there, and training begins.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">The images.</param>
/// <param name="Settings">The settings that hold.</param>
/// <param name="Folder">The run's folder.</param>
internal sealed record RunStarted(ModelDescriptor Model, DataSet Data, RunSettings Settings, RunFolder Folder) : RunEvent
{
    /// <summary>What a new run took of the file of weights that it was given; null without one, and for a run that is continued.</summary>
    public TakenWeights? Weights { get; init; }
}

/// <summary>A step was made.</summary>
/// <param name="Progress">How far training has come.</param>
internal sealed record StepDone(StepProgress Progress) : RunEvent;

/// <summary>An epoch was finished and is in the history on disk.</summary>
/// <param name="Epoch">What it came to.</param>
internal sealed record EpochDone(EpochRecord Epoch) : RunEvent;

/// <summary>
/// Training has ended, and the run's files are written. What is added to the folder now is there before the run counts as finished, and
/// once more when it was killed in between.
/// </summary>
/// <param name="Model">The model.</param>
/// <param name="Data">The images.</param>
/// <param name="Folder">The run's folder.</param>
/// <param name="History">The finished epochs.</param>
internal sealed record RunFinishing(ModelDescriptor Model, DataSet Data, RunFolder Folder, IReadOnlyList<EpochRecord> History) : RunEvent;

/// <summary>The run has ended, or was interrupted, and all its files are there.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">The images.</param>
/// <param name="Configuration">What decided it.</param>
/// <param name="Folder">The run's folder.</param>
/// <param name="Outcome">How training ended.</param>
/// <param name="Result">What it came to.</param>
/// <param name="Unsettled">The moving statistics, when they have seen too few steps.</param>
internal sealed record RunEnded(ModelDescriptor Model, DataSet Data, RunConfiguration Configuration, RunFolder Folder, TrainingOutcome Outcome, RunResult Result, MovingStatistics? Unsettled) : RunEvent;
