using System.Globalization;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;
using static TorchSharp.torch;

namespace FashionCnn.Runs;

/// <summary>The settings that may be changed when a run is continued; null for those that stay.</summary>
internal sealed record RunChanges
{
    /// <summary>Passes over the training images, those that are done included.</summary>
    public int? Epochs { get; init; }

    /// <summary>The optimizer's rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Threads to compute with.</summary>
    public int? Threads { get; init; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</summary>
    public string? Device { get; init; }

    /// <summary><c>auto</c>, <c>fp32</c> or <c>bf16</c>.</summary>
    public string? Precision { get; init; }

    /// <summary><c>auto</c>, <c>channels_last</c> or <c>channels_first</c>; null for the same as before.</summary>
    public string? Layout { get; init; }

    /// <summary><c>fp32</c> or <c>bf16</c>, see <see cref="GradientReduction"/>.</summary>
    public string? Reduce { get; init; }

    /// <summary>Batch normalization takes its statistics over the whole batch.</summary>
    public bool? SyncBatchNorm { get; init; }

    /// <summary>The processes that make the run.</summary>
    internal int Ranks { get; init; } = 1;

    /// <summary>The settings that hold from now on.</summary>
    /// <exception cref="InputException">One cannot be.</exception>
    internal RunSettings Apply(RunSettings before)
    {
        var device = ComputeDevice.Resolve(Device ?? before.Device);
        var precision = ComputePrecision.Resolve(Precision ?? before.Precision, device);
        var after = before with
        {
            Training = (before.Training with { Epochs = Epochs ?? before.Training.Epochs }).WithLearningRate(LearningRate),
            // A rank's threads were its share of the cores.
            Threads = Threads ?? (Ranks == 1 && before.Ranks > 1 ? get_num_threads() : before.Threads),
            Device = device,
            Precision = precision,
            Layout = Layout is null ? before.Layout : MemoryLayout.Resolve(Layout),
            Ranks = Ranks,
            Reduce = Reduce ?? before.Reduce,
            SyncBatchNorm = SyncBatchNorm ?? before.SyncBatchNorm,
        };
        after.Training.Check();
        return after;
    }

    /// <summary>What is different from before, and from where on.</summary>
    /// <param name="before">The run's state so far.</param>
    /// <param name="after">The settings that hold from now on.</param>
    /// <param name="stepsPerEpoch">The batches of an epoch.</param>
    /// <param name="hasRankStatistics">Each rank takes statistics of its own share of a batch.</param>
    /// <returns>What is changed now, and all changes that the run has been through by then: one that is taken back before a step was made has never been.</returns>
    internal static (IReadOnlyList<SettingChange> Now, IReadOnlyList<SettingChange> All) Between(Checkpoint before, RunSettings after, int stepsPerEpoch, bool hasRankStatistics = false)
    {
        var at = before.State;
        var here = before.Origin.Changes.Where(change => (change.Epoch, change.Step) == (at.Epoch, at.Step)).ToList();
        var now = new List<SettingChange>();
        var all = before.Origin.Changes.Except(here).ToList();
        var (old, training) = (before.Settings.Training, after.Training);
        var rate = old.Optimizer.LearningRate;
        Compare("epochs", old.Epochs, training.Epochs, epochs => AnyRate(epoch => (old.Rate(rate, epoch, epochs), old.Rate(rate, epoch, training.Epochs))));
        Compare("learning_rate", rate, training.Optimizer.LearningRate, first => AnyRate(epoch => (old.Rate(first, epoch, old.Epochs), old.Rate(training.Optimizer.LearningRate, epoch, old.Epochs))));
        // As between two runs, of which those with other threads, devices or layouts count as one kind.
        Compare("threads", before.Settings.Threads, after.Threads, _ => false);
        Compare("device", before.Settings.Device, after.Device, _ => false);
        Compare("layout", before.Settings.Layout, after.Layout, _ => false);
        Compare("precision", before.Settings.Precision, after.Precision, _ => at.GlobalStep > 0);
        Compare("ranks", before.Settings.Ranks, after.Ranks, _ => hasRankStatistics && at.GlobalStep > 0);
        Compare("reduce", before.Settings.Reduce, after.Reduce, _ => (before.Settings.Ranks > 1 || after.Ranks > 1) && at.GlobalStep > 0);
        Compare("sync_batch_norm", before.Settings.SyncBatchNorm, after.SyncBatchNorm, _ => before.Settings.Ranks > 1 && at.GlobalStep > 0);
        return (now, all);

        void Compare<T>(string setting, T last, T next, Func<T, bool> decides)
            where T : notnull
        {
            // What held for the steps that were made.
            var held = here.FirstOrDefault(change => change.Setting == setting) is { } taken ? (T)Convert.ChangeType(taken.Before, typeof(T), CultureInfo.InvariantCulture) : last;
            var change = new SettingChange(at.Epoch, at.Step, setting, Words(held), Words(next), !Equals(held, next) && decides(held));
            if (!Equals(held, next))
            {
                all.Add(change);
            }

            if (!Equals(last, next))
            {
                now.Add(change with { Before = Words(last) });
            }
        }

        // Only the rates of steps that were made matter: what comes after has the new settings anyhow.
        bool AnyRate(Func<double, (double Old, double New)> at) => Enumerable.Range(0, (int)Math.Min(before.State.GlobalStep, int.MaxValue))
            .Select(step => at((double)step / stepsPerEpoch)).Any(rates => rates.Old != rates.New);

        // As in files and on command lines.
        static string Words<T>(T value) => value is bool truth ? (truth ? "true" : "false") : Convert.ToString(value, CultureInfo.InvariantCulture)!;
    }
}
