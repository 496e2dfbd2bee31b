namespace FashionCnn;

/// <summary>
/// What the user gave (a file, a folder, an option, a model) cannot be used. The message alone says what is wrong, where, and
/// what to do: programs print it without a stack trace and end with exit code 2.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Makes the exception from a complete message.</summary>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception from a complete message and keeps what caused it.</summary>
    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
