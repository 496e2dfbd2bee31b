namespace FashionCnn.Models;

/// <summary>What the <c>training</c> section of a spec says, with its defaults filled in.</summary>
public sealed record TrainingSettings
{
    /// <summary>The optimizer and its learning rate.</summary>
    public OptimizerSettings Optimizer { get; init; } = new AdamSettings();

    /// <summary>Images per step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 25;
}
