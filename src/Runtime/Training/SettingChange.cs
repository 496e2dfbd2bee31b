using FashionCnn.Models;

namespace FashionCnn.Training;

/// <summary>A setting that was changed when a run was continued.</summary>
/// <param name="Epoch">The epoch from which the new value holds, from 1.</param>
/// <param name="Step">The steps of that epoch that were done with the old one.</param>
/// <param name="Setting">The setting by its key, such as <c>learning_rate</c>.</param>
/// <param name="Before">The old value.</param>
/// <param name="After">The new value.</param>
/// <param name="Decides">The result is not the one of a run that had the new value from its start.</param>
internal sealed record SettingChange(int Epoch, int Step, string Setting, string Before, string After, bool Decides)
{
    /// <summary>The change in words.</summary>
    public override string ToString() => $"{Setting} {Before} -> {After} from epoch {Epoch}{(Step == 0 ? string.Empty : $", step {Step + 1}")}";
}

/// <summary>Where a run comes from: it stays the same however often the run is continued, but for the changes that come to it.</summary>
/// <param name="Started">When it was started first.</param>
/// <param name="Changes">The settings that were changed since.</param>
internal sealed record RunOrigin(DateTimeOffset Started, IReadOnlyList<SettingChange> Changes)
{
    /// <summary>The weights that it started with; null for fresh ones.</summary>
    public InitialWeights? Weights { get; init; }

    /// <summary>A run that starts now.</summary>
    public static RunOrigin Now => new(DateTimeOffset.UtcNow, []);
}
