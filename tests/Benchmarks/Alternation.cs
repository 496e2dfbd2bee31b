using System.Diagnostics;

namespace FashionCnn.Benchmarks;

/// <summary>The medians of two actions' times, in milliseconds.</summary>
internal readonly record struct TimePair(double Ours, double Reference)
{
    public double Ratio => Ours / Reference;
}

/// <summary>
/// Measures two actions in turns, so that whatever else the machine does meets both alike. An action prepares untimed and returns
/// what is timed.
/// </summary>
internal static class Alternation
{
    private const int MinRounds = 7;

    // Long enough for the just-in-time compiler to reach its last tier.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2);

    public static TimePair Measure(Func<Action> ours, Func<Action> reference)
    {
        Rounds(ours, reference, WarmUp);
        var times = Rounds(ours, reference, Measured);
        return new TimePair(Median(times.Select(pair => pair.Ours)), Median(times.Select(pair => pair.Reference)));
    }

    private static List<TimePair> Rounds(Func<Action> ours, Func<Action> reference, TimeSpan atLeast)
    {
        var times = new List<TimePair>();
        var start = Stopwatch.GetTimestamp();
        while (times.Count < MinRounds || Stopwatch.GetElapsedTime(start) < atLeast)
        {
            times.Add(new TimePair(Time(ours), Time(reference)));
        }

        return times;
    }

    private static double Time(Func<Action> prepare)
    {
        var action = prepare();
        // Nobody pays for the garbage of the one before.
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public static double Median(IEnumerable<double> times)
    {
        var sorted = times.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
