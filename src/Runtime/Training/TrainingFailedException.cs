namespace FashionCnn.Training;

/// <summary>Training cannot go on: the loss is no longer a number. The message says when it happened and what to do.</summary>
public sealed class TrainingFailedException : Exception
{
    /// <summary>Makes the exception from a complete message.</summary>
    public TrainingFailedException(string message)
        : base(message)
    {
    }

    /// <summary>The setting to change, by its key in specs.</summary>
    public string? Setting { get; init; }
}
