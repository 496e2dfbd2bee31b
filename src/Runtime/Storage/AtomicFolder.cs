namespace FashionCnn.Storage;

/// <summary>
/// Replaces folders whole or not at all: the new one is written beside the old one, which goes when the new one has its name. Whenever the
/// program is killed, one of them is complete, and <see cref="Recover"/> gives it its name.
/// </summary>
internal static class AtomicFolder
{
    private const string Next = ".next";
    private const string Previous = ".previous";

    /// <summary>Writes a folder in place of the one that may be there.</summary>
    /// <param name="path">The folder; those above it are made.</param>
    /// <param name="write">Fills the folder that it is given.</param>
    public static void Replace(string path, Action<string> write)
    {
        Recover(path);
        var (next, previous) = (path + Next, path + Previous);
        try
        {
            Directory.CreateDirectory(next);
            write(next);
            if (Directory.Exists(path))
            {
                Directory.Move(path, previous);
            }

            Directory.Move(next, path);
            Delete(previous);
        }
        catch
        {
            Recover(path);
            throw;
        }
    }

    /// <summary>Puts right what a killed program left of <see cref="Replace"/>.</summary>
    public static void Recover(string path)
    {
        if (!Directory.Exists(path) && Directory.Exists(path + Previous))
        {
            Directory.Move(path + Previous, path);
        }

        Delete(path + Previous);
        Delete(path + Next);
    }

    private static void Delete(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
