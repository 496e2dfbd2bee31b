using System.Globalization;
using FashionCnn.Storage;

namespace FashionCnn.Runs;

/// <summary>The runs in one folder, each in its own folder.</summary>
internal static class RunList
{
    /// <summary>The runs, the one that was started last first: by the instant, whatever the clocks showed.</summary>
    /// <param name="folder">The folder that holds them; it need not exist.</param>
    public static IReadOnlyList<RunFolder> In(string folder) => Directory.Exists(folder)
        ? [.. Directory.GetDirectories(folder).Select(path => (Run: RunFolder.Open(path), Started: Started(path)))
            .OrderByDescending(run => run.Started).ThenByDescending(run => run.Run.Path, StringComparer.Ordinal).Select(run => run.Run)]
        : [];

    /// <summary>The runs in a folder and in the folders in it, such as <c>runs</c> with a folder for each model; the folder itself if it is one.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    /// <returns>The runs in the order of their paths.</returns>
    public static IReadOnlyList<RunFolder> Under(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, RunFolder.ConfigFile, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2 })
            .Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal).Select(RunFolder.Open)]
        : [];

    /// <summary>The newest run that has a checkpoint; null when there is none.</summary>
    public static RunFolder? Latest(string folder) => In(folder).FirstOrDefault(run => RunFiles.HasCheckpoint(run.Path));

    /// <summary>The newest run that was trained to its end; null when there is none.</summary>
    public static RunFolder? LatestFinished(string folder) => In(folder).FirstOrDefault(run => run.IsFinished);

    // A run of version 1 has its start, by the clock on the wall, in its folder's name only.
    private static DateTimeOffset Started(string path)
    {
        try
        {
            if (RunFolder.Open(path).ReadConfiguration().Started is { } started)
            {
                return started;
            }
        }
        catch (InputException)
        {
        }

        return DateTime.TryParseExact(
            Path.GetFileName(path) is { Length: >= 15 } name ? name[..15] : string.Empty, "yyyyMMdd-HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var local)
            ? new DateTimeOffset(local)
            : DateTimeOffset.MinValue;
    }
}
