using FashionCnn.Compiler.Keys;

namespace FashionCnn.Compiler.Training;

/// <summary>The <c>training</c> section with its defaults filled in.</summary>
/// <param name="Settings">The values of <see cref="TrainingTable.Keys"/>.</param>
/// <param name="Optimizer">The optimizer's type and values.</param>
/// <param name="Schedule">The learning rate's schedule; null when it is constant.</param>
/// <param name="EarlyStopping">The values of <see cref="TrainingTable.EarlyStoppingKeys"/>; null when training is not stopped early.</param>
internal sealed record TrainingSpec(Settings Settings, TypedSettings Optimizer, TypedSettings? Schedule = null, Settings? EarlyStopping = null);

/// <summary>The values of an object that says by <c>type</c> which of several it is.</summary>
internal sealed record TypedSettings(TypedObject Kind, Settings Settings);

/// <summary>One of several objects that <c>type</c> chooses from.</summary>
/// <param name="Type">Its <c>type</c> in the spec.</param>
/// <param name="RuntimeType">The record in FashionCnn.Models that stands for it; its parameters are the keys in PascalCase.</param>
/// <param name="Summary">One sentence for the reference page.</param>
/// <param name="Table">Its keys.</param>
internal sealed record TypedObject(string Type, string RuntimeType, string Summary, KeyTable Table)
{
    /// <summary>A schedule that gives the learning rates itself: the optimizer's is not used.</summary>
    public bool ReplacesRate { get; init; }
}
