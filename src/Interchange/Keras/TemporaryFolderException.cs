namespace FashionCnn.Interchange.Keras;

/// <summary>The folder for temporary files cannot take what a model's file has to be unpacked to; nothing is wrong with the file.</summary>
internal sealed class TemporaryFolderException(string message, Exception cause) : IOException(message, cause)
{
    /// <summary>Does what writes there.</summary>
    /// <exception cref="TemporaryFolderException">It cannot be done.</exception>
    public static T Around<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TemporaryFolderException($"the weights cannot be unpacked in {Path.GetTempPath()}: {exception.Message}", exception);
        }
    }

    /// <summary>Does what writes there.</summary>
    /// <exception cref="TemporaryFolderException">It cannot be done.</exception>
    public static void Around(Action write) => Around<object?>(() =>
    {
        write();
        return null;
    });
}
