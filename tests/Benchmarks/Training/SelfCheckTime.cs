using System.Diagnostics;
using System.Globalization;
using FashionCnn.Checks;
using FashionCnn.Native;
using static TorchSharp.torch;

namespace FashionCnn.Benchmarks.Training;

/// <summary>
/// What a self-check costs: the first one, and the verdict that is kept, each in a new process, since most of it is what a process does for
/// the first time.
/// </summary>
internal static class SelfCheckTime
{
    public const string First = "first-self-check";
    public const string Kept = "kept-verdict";

    private const int KeptRounds = 3;

    /// <summary>In a process of its own: writes how long it took, in milliseconds, and how long reading the verdict takes once more.</summary>
    public static void Measure(string work, string model, int threads, TextWriter output)
    {
        ProcessTuning.Apply();
        NativeTorch.EnsureLoaded();
        set_num_threads(threads);
        var descriptor = ModelCatalog.All.Single(candidate => candidate.Id == model);
        var precision = ComputePrecision.Resolve("auto", "cpu");
        var setting = SelfCheckSetting.Training(precision, threads, descriptor.Training.BatchSize);
        var clock = Stopwatch.StartNew();
        var verdict = work == Kept ? VerdictStore.User.Read(descriptor, setting) : null;
        if (work == First)
        {
            verdict = SelfCheck.Run(descriptor, setting);
        }

        var milliseconds = clock.Elapsed.TotalMilliseconds;
        VerdictStore.User.Write(descriptor, setting, verdict ?? throw new InvalidOperationException("No verdict is kept."));
        clock.Restart();
        _ = VerdictStore.User.Read(descriptor, setting);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds} {clock.Elapsed.TotalMilliseconds}"));
    }

    /// <summary>Writes the table.</summary>
    public static void Run(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | first check, process included, s | kept verdict ms | read once more ms |");
        output.WriteLine("|---|---:|---:|---:|");
        foreach (var model in options.Models)
        {
            var (first, kept, again) = (new List<double>(), new List<double>(), new List<double>());
            for (var round = 0; round < options.Rounds; round++)
            {
                var clock = Stopwatch.StartNew();
                _ = InProcess(First, model, options.Threads);
                first.Add(clock.Elapsed.TotalSeconds);
                for (var i = 0; i < KeptRounds; i++)
                {
                    var (once, twice) = InProcess(Kept, model, options.Threads);
                    kept.Add(once);
                    again.Add(twice);
                }
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {model} | {Range(first, "0.0")} | {Range(kept, "0.0")} | {Range(again, "0.00")} |"));
        }
    }

    private static string Range(List<double> values, string format) =>
        $"{Alternation.Median(values).ToString(format, CultureInfo.InvariantCulture)} ({values.Min().ToString(format, CultureInfo.InvariantCulture)} to {values.Max().ToString(format, CultureInfo.InvariantCulture)})";

    private static (double Once, double Again) InProcess(string work, string model, int threads)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["self-check", work, model, threads.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var times = text.Split(' ').Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToList();
        return (times[0], times[1]);
    }
}
