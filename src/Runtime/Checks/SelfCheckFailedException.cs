namespace FashionCnn.Checks;

/// <summary>Layers of a model compute wrong results on this machine. The message alone names the first one and says what to do.</summary>
internal sealed class SelfCheckFailedException : Exception
{
    /// <summary>Makes the exception from a complete message.</summary>
    public SelfCheckFailedException(string message)
        : base(message)
    {
    }
}
