using System.Globalization;
using FashionCnn.Checks;
using FashionCnn.Models;
using FashionCnn.Storage;
using FashionCnn.Training;

namespace FashionCnn.Tuning;

/// <summary>Keeps what was chosen by measurement, so that a model is measured once per machine, precision, batch size and set of candidates.</summary>
internal sealed class TuningStore
{
    private readonly KeptLines kept;

    internal TuningStore(string folder) => kept = new KeptLines(folder);

    /// <summary>The one in the user's cache.</summary>
    public static TuningStore User => new(UserCache.Folder("tuning"));

    /// <summary>What was chosen for a model on this machine with these versions; null when nothing was.</summary>
    public TuningChoice? Read(ModelDescriptor model, RunSettings settings, TuningCandidates candidates) =>
        kept.Read(Key(model, settings, candidates)) is [var line]
        && line.Split('\t') is [var layout, var threads, var batch]
        && int.TryParse(threads, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        && int.TryParse(batch, NumberStyles.None, CultureInfo.InvariantCulture, out var images)
        && new TuningChoice(layout, count, images) is var choice
        && candidates.Has(choice)
            ? choice
            : null;

    /// <summary>Keeps a choice.</summary>
    public void Write(ModelDescriptor model, RunSettings settings, TuningCandidates candidates, TuningChoice choice) =>
        kept.Write(Key(model, settings, candidates), [string.Create(CultureInfo.InvariantCulture, $"{choice.Layout}\t{choice.Threads}\t{choice.EvaluationBatch}")]);

    // What decides which kernels there are decides how fast they are.
    private static string Key(ModelDescriptor model, RunSettings settings, TuningCandidates candidates) => string.Create(
        CultureInfo.InvariantCulture,
        $"{CheckKey.Of(model, new SelfCheckSetting(settings.Precision, candidates.Threads[0], settings.Training.BatchSize, candidates.EvaluationBatches[0], candidates.Layouts[0]))}; {settings.Device}; {settings.Training.Optimizer.Name}; {string.Join(',', candidates.Layouts)}; {string.Join(',', candidates.Threads)}; {string.Join(',', candidates.EvaluationBatches)}");
}
