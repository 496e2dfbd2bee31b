using System.Globalization;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>The settings that may be changed when a run is continued; null for those that stay.</summary>
public sealed record RunChanges
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

    /// <summary>The settings that hold from now on.</summary>
    /// <exception cref="InputException">One cannot be.</exception>
    internal RunSettings Apply(RunSettings before)
    {
        var device = ComputeDevice.Resolve(Device ?? before.Device);
        var after = before with
        {
            Training = (before.Training with { Epochs = Epochs ?? before.Training.Epochs }).WithLearningRate(LearningRate),
            Threads = Threads ?? before.Threads,
            Device = device,
            Precision = ComputePrecision.Resolve(Precision ?? before.Precision, device),
        };
        after.Training.Check();
        return after;
    }

    /// <summary>What is different from before, and from where on.</summary>
    internal static IReadOnlyList<SettingChange> Between(RunSettings before, RunSettings after, TrainingState at)
    {
        var changes = new List<SettingChange>();
        // More epochs of the same: the run that had them from its start is the same one, unless its learning rates depend on the last.
        Compare("epochs", before.Training.Epochs, after.Training.Epochs, at.GlobalStep > 0 && before.Training.LearningRateSchedule is CosineDecaySchedule or OneCycleSchedule);
        Compare("learning_rate", before.Training.Optimizer.LearningRate, after.Training.Optimizer.LearningRate, decides: true);
        // As between two runs, of which those with other threads or devices count as one kind.
        Compare("threads", before.Threads, after.Threads, decides: false);
        Compare("device", before.Device, after.Device, decides: false);
        Compare("precision", before.Precision, after.Precision, decides: true);
        return changes;

        void Compare<T>(string setting, T old, T now, bool decides)
        {
            if (!Equals(old, now))
            {
                changes.Add(new SettingChange(
                    at.Epoch, at.Step, setting, Convert.ToString(old, CultureInfo.InvariantCulture)!, Convert.ToString(now, CultureInfo.InvariantCulture)!, decides));
            }
        }
    }
}
