using FashionCnn.Compiler.Keys;

namespace FashionCnn.Compiler.Training;

/// <summary>The <c>training</c> section with its defaults filled in.</summary>
/// <param name="Settings">The values of <see cref="TrainingTable.Keys"/>.</param>
/// <param name="Optimizer">The optimizer's type and values.</param>
/// <param name="Schedule">The learning rate's schedule; null when it is constant.</param>
/// <param name="EarlyStopping">The values of <see cref="TrainingTable.EarlyStoppingKeys"/>; null when training is not stopped early.</param>
internal sealed record TrainingSpec(Settings Settings, TypedSettings Optimizer, TypedSettings? Schedule = null, Settings? EarlyStopping = null);
