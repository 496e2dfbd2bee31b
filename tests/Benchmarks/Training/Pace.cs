using System.Diagnostics;
using System.Globalization;
using TorchSharp;

namespace FashionCnn.Benchmarks.Training;

/// <summary>
/// Makes a training loop run some steps whenever the process is told to by a line on its standard input, and then answer with what
/// they took. So the loops of several processes take turns.
/// </summary>
/// <param name="stepsPerRound">How many steps a round has.</param>
/// <param name="more">Numbers to answer with besides.</param>
internal sealed class Pace(int stepsPerRound, Func<double[]>? more = null)
{
    // Until Torch has chosen and compiled its kernels, and the loop itself is compiled.
    private const int WarmUp = 3;

    private readonly Stopwatch clock = new();
    private int steps;
    private int left = WarmUp;
    private double firstStepAfter;
    private long allocatedBefore;
    private long allocated;
    private long liveAtFirst;
    private long liveAtLast;

    /// <summary>To be called after every step.</summary>
    public void OnStep()
    {
        if (steps++ == 0)
        {
            using var process = Process.GetCurrentProcess();
            firstStepAfter = (DateTime.Now - process.StartTime).TotalMilliseconds;
        }

        if (--left > 0)
        {
            return;
        }

        var elapsed = clock.Elapsed.TotalMilliseconds;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        liveAtLast = torch.Tensor.TotalCount;
        liveAtFirst = steps == WarmUp ? liveAtLast : liveAtFirst;
        Answer([elapsed, .. more?.Invoke() ?? []]);
        if (Console.ReadLine() != "go")
        {
            using var process = Process.GetCurrentProcess();
            process.Refresh();
            Answer(firstStepAfter, process.PeakWorkingSet64 / 1048576.0, (double)allocated / stepsPerRound, (double)(liveAtLast - liveAtFirst) / Math.Max(1, steps - WarmUp));
            Environment.Exit(0);
        }

        left = stepsPerRound;
        allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        clock.Restart();
    }

    /// <summary>Repeats an action, in turns like steps, until the process is told to end.</summary>
    public static void Repeat(Action action)
    {
        action();
        Answer(0);
        while (Console.ReadLine() == "go")
        {
            var start = Stopwatch.GetTimestamp();
            action();
            Answer(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Answer(0, 0, 0, 0);
    }

    private static void Answer(params double[] numbers) => Console.WriteLine(string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
}
