namespace FashionCnn.Commands;

/// <summary>What commands end with.</summary>
internal static class ExitCodes
{
    /// <summary>Everything went well.</summary>
    public const int Success = 0;

    /// <summary>Something failed that the user did not cause.</summary>
    public const int Failure = 1;

    /// <summary>The arguments or the input cannot be used.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by the signal to terminate.</summary>
    public const int Terminated = 143;

    /// <summary>Stopped because the terminal was lost.</summary>
    public const int HungUp = 129;
}
