namespace FashionCnn.Training;

/// <summary>Training cannot go on: the loss is no longer a number. The message says when it happened, in which layer, and what to do.</summary>
public sealed class TrainingFailedException : Exception
{
    /// <summary>Makes the exception from a complete message.</summary>
    internal TrainingFailedException(string message, TrainingFault fault)
        : base(message)
    {
        Fault = fault;
    }

    /// <summary>The setting to change, by its key in specs.</summary>
    public string? Setting { get; init; }

    /// <summary>The machine may compute the model wrongly: <see cref="Checks.SelfCheck"/> tells.</summary>
    internal bool SuspectsMachine { get; init; }

    /// <summary>Where the first value arose that is not finite.</summary>
    internal TrainingFault Fault { get; }
}
