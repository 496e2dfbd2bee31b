using System.Text;

namespace FashionCnn.Storage;

/// <summary>
/// Writes files whole or not at all: under a temporary name in the same directory, flushed to the disk, then renamed. Whoever
/// reads sees the old content or the new one. A link is followed, and what is not a regular file, such as a device or a pipe, is
/// written into.
/// </summary>
internal static class AtomicFile
{
    private const string Ending = ".tmp";

    /// <summary>Writes a file by way of a stream. When <paramref name="write"/> throws, nothing is left behind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="cancellation">Stops before the file gets its name.</param>
    /// <exception cref="OperationCanceledException">It was stopped, and the old file, if any, is still there.</exception>
    public static void Write(string path, Action<Stream> write, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (FileKind.IsSpecial(path))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            write(stream);
            return;
        }

        var target = Target(path);
        var temporary = $"{target}.{Environment.ProcessId}-{Guid.NewGuid():N}{Ending}";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            cancellation.ThrowIfCancellationRequested();
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception)
        {
            File.Delete(temporary);
            if (exception is IOException or UnauthorizedAccessException && exception.Message.Contains(Path.GetFileName(temporary), StringComparison.Ordinal))
            {
                // The temporary name means nothing to the user.
                throw new IOException(exception.Message.Replace(Path.GetFullPath(temporary), path, StringComparison.Ordinal).Replace(temporary, path, StringComparison.Ordinal), exception);
            }

            throw;
        }
    }

    /// <summary>Writes a text as UTF-8 without a byte-order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its content.</param>
    /// <param name="cancellation">Stops before the file gets its name.</param>
    /// <exception cref="OperationCanceledException">It was stopped, and the old file, if any, is still there.</exception>
    public static void WriteText(string path, string text, CancellationToken cancellation = default) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)), cancellation);

    /// <summary>Deletes what a killed process left half written of a file, and nothing else.</summary>
    public static void DeleteRemains(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var remains in Directory.GetFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, $"{name}.*{Ending}"))
        {
            if (IsTemporary(Path.GetFileName(remains), name))
            {
                File.Delete(remains);
            }
        }
    }

    /// <summary>Whether a name is one under which a file is half written.</summary>
    /// <param name="name">The name, without a folder.</param>
    /// <param name="of">The file's own name.</param>
    internal static bool IsTemporary(string name, string of)
    {
        if (!name.StartsWith($"{of}.", StringComparison.Ordinal) || !name.EndsWith(Ending, StringComparison.Ordinal) || name.Length <= of.Length + 1 + Ending.Length)
        {
            return false;
        }

        var middle = name[(of.Length + 1)..^Ending.Length].Split('-');
        return middle is [var process, var guid] && process.Length > 0 && process.All(char.IsAsciiDigit) && Guid.TryParseExact(guid, "N", out _);
    }

    // By the full path: of a bare name, .NET takes the target for a file of the root folder.
    private static string Target(string path) =>
        new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(Path.GetFullPath(path), returnFinalTarget: true)?.FullName ?? path;
}
