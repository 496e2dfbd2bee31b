namespace FashionCnn.Native;

/// <summary>Torch's native library cannot be loaded. The message alone says which file, what it lacks, and what to do.</summary>
public sealed class NativeLibraryException : Exception
{
    /// <summary>Makes the exception from a complete message and what the loader said.</summary>
    public NativeLibraryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
