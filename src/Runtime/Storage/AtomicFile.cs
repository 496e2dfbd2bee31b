using System.Text;

namespace FashionCnn.Storage;

/// <summary>
/// Writes files whole or not at all: under a temporary name in the same directory, flushed to the disk, then renamed. Whoever
/// reads sees the old content or the new one.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes a file by way of a stream. When <paramref name="write"/> throws, nothing is left behind.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = $"{path}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes a text as UTF-8 without a byte-order mark.</summary>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
