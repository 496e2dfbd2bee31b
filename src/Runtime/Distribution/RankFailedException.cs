namespace FashionCnn.Distribution;

/// <summary>Training on several processes cannot go on, because one of them failed. The message names it where it is known.</summary>
internal sealed class RankFailedException : Exception
{
    /// <summary>Makes the exception from a complete message.</summary>
    public RankFailedException(string message)
        : base(message)
    {
    }

    /// <summary>A rank did not answer in time: one that waits longer may find it again.</summary>
    public bool IsTimeout { get; init; }
}
