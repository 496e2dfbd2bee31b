using System.Diagnostics;
using System.Globalization;

namespace FashionCnn.Native;

/// <summary>
/// How many processor cores other processes keep busy while something is measured, by the counts that Linux keeps: a speed that was measured
/// beside other work is worthless.
/// </summary>
internal sealed class OtherWork
{
    private const string Counts = "/proc/stat";

    private readonly string? before = Read();
    private readonly TimeSpan own = Own();
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>Cores that other processes kept busy on average since this was created; null where the system does not say it.</summary>
    public double? Cores() => before is not null && Read() is { } after ? Between(before, after, (Own() - own).TotalSeconds / clock.Elapsed.TotalSeconds) : null;

    /// <summary>Cores that were busy on average between two readings, less this process's own; null when the texts are not such.</summary>
    internal static double? Between(string before, string after, double own)
    {
        if (Times(before) is not { } first || Times(after) is not { } last || last.All <= first.All)
        {
            return null;
        }

        var busy = 1 - ((double)(last.Idle - first.Idle) / (last.All - first.All));
        return Math.Max(0, (busy * last.Cores) - own);
    }

    // The line of all cores together, in clock ticks: user, nice, system, idle, waiting for disks, and more; those of guests are in the first.
    private static (long Idle, long All, int Cores)? Times(string text)
    {
        var lines = text.Split('\n');
        var words = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["cpu", ..] || words.Length < 6)
        {
            return null;
        }

        var ticks = words.Skip(1).Take(8).Select(word => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : -1).ToList();
        return ticks.Contains(-1) ? null : (ticks[3] + ticks[4], ticks.Sum(), lines.Count(line => line.StartsWith("cpu", StringComparison.Ordinal)) - 1);
    }

    private static TimeSpan Own()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static string? Read()
    {
        try
        {
            return File.Exists(Counts) ? File.ReadAllText(Counts) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
