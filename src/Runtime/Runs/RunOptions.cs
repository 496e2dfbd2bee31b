using FashionCnn.Distribution;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>How a run is looked after; nothing of it changes the result.</summary>
internal sealed record RunOptions
{
    /// <summary>How much work may be lost: the time between two checkpoints within an epoch.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Write TensorBoard event files too. A run that has some goes on writing them.</summary>
    public bool TensorBoard { get; init; }

    /// <summary>Looks whether the model is computed rightly in the run's settings, before anything is written; gives what <c>config.json</c> keeps of it.</summary>
    public Func<RunSettings, string>? SelfCheck { get; init; }

    /// <summary>The processes that make the run together, each of which makes the same calls; null for this one alone. Only the first one writes and is told what happens.</summary>
    public Ranks? Ranks { get; init; }

    /// <summary>Torch is given the number of threads of the settings; otherwise it keeps the one that it has.</summary>
    public bool SetsThreads { get; init; } = true;

    /// <summary>Told what happens.</summary>
    public Action<RunEvent>? OnEvent { get; init; }

    /// <summary>Looked at after every step; what was trained is kept.</summary>
    public CancellationToken Cancellation { get; init; }
}
