using System.Text;

namespace FashionCnn.Storage;

/// <summary>
/// Keeps a few lines of text under a key, one file each, that can be found anew at any time. What cannot be read is as if it was not
/// there, and what cannot be written is found again.
/// </summary>
/// <param name="folder">The folder; it need not exist.</param>
internal sealed class KeptLines(string folder)
{
    private const string End = "end";

    /// <summary>The lines under a key; null when there are none.</summary>
    /// <param name="key">Names them; a line break counts as a space.</param>
    // No JSON, whose reader alone takes ten times as long to start: verdicts of self-checks are read before every run.
    public string[]? Read(string key)
    {
        key = OneLine(key);
        try
        {
            var path = PathOf(key);
            var lines = File.Exists(path) ? File.ReadAllText(path).Split('\n') : [];
            // The last line ends with a line break.
            return lines.Length >= 3 && lines[0] == key && lines[^2] == End && lines[^1].Length == 0 ? lines[1..^2] : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps lines, in place of those that were there.</summary>
    public void Write(string key, IEnumerable<string> lines)
    {
        key = OneLine(key);
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.WriteText(PathOf(key), string.Concat([key, .. lines.Select(line => $"\n{line}"), $"\n{End}\n"]));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process finds it again.
        }
    }

    private static string OneLine(string key) => key.Replace('\n', ' ').Replace('\r', ' ');

    // The key is in the file too, which then says what it is about.
    private string PathOf(string key) => Path.Combine(folder, ShortHash.Of(Encoding.UTF8.GetBytes(key)) + ".txt");
}
