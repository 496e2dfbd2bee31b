using System.Diagnostics;
using System.Globalization;

namespace FashionCnn.Benchmarks.Training;

/// <summary>What a process says when it ends.</summary>
/// <param name="FirstStep">Milliseconds from its start to the end of the first step.</param>
/// <param name="PeakMemory">In MiB.</param>
/// <param name="ManagedBytes">Allocated per step in the last round.</param>
/// <param name="LiveTensors">How many more there are after each step than before.</param>
internal readonly record struct WorkerSummary(double FirstStep, double PeakMemory, double ManagedBytes, double LiveTensors);

/// <summary>A process that works when it is its turn.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;

    private WorkerProcess(ProcessStartInfo start)
    {
        process = Process.Start(start)!;
        Last = Answer();
    }

    /// <summary>All numbers of its last answer.</summary>
    public double[] Last { get; private set; }

    /// <summary>The times of its rounds so far, in milliseconds.</summary>
    public List<double> Times { get; } = [];

    public double Median => Alternation.Median(Times);

    /// <summary>Starts this program as a worker and waits until it is warm.</summary>
    public static WorkerProcess Start(
        string work, string variant, string model, int batch, int threads, int steps, bool keepsMemory = true, int? spinCount = null)
    {
        var start = Info(Environment.ProcessPath!, ["worker", work, variant, model, Text(batch), Text(threads), Text(steps)]);
        start.Environment["FASHIONCNN_KEEP_MEMORY"] = keepsMemory ? "1" : "0";
        if (spinCount is { } turns)
        {
            start.Environment["GOMP_SPINCOUNT"] = Text(turns);
        }

        return new WorkerProcess(start);
    }

    /// <summary>Starts the PyTorch program; null where Debian's PyTorch is not installed.</summary>
    public static WorkerProcess? StartPyTorch(string model, int batch, int threads, int steps)
    {
        const string Python = "/usr/bin/python3";
        if (!File.Exists(Python))
        {
            return null;
        }

        using (var probe = Process.Start(Info(Python, ["-c", "import torch"]))!)
        {
            probe.WaitForExit();
            if (probe.ExitCode != 0)
            {
                return null;
            }
        }

        var script = Path.Combine(AppContext.BaseDirectory, "Training", "pytorch_training.py");
        return new WorkerProcess(Info(Python, [script, model, Text(batch), Text(threads), Text(steps)]));
    }

    /// <summary>Starts two ranks, of which the first one answers.</summary>
    public static WorkerProcess StartRanks(string launcher, string model, int batch, string reduce, int steps)
    {
        var parts = launcher.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var start = Info(parts[0], [.. parts[1..], "-np", "2", Environment.ProcessPath!, "rank-worker", model, Text(batch), reduce, Text(steps)]);
        // What launchers say of processes that end without a word.
        start.RedirectStandardError = true;
        return new WorkerProcess(start);
    }

    public void Round()
    {
        process.StandardInput.WriteLine("go");
        Last = Answer();
        Times.Add(Last[0]);
    }

    public WorkerSummary End()
    {
        process.StandardInput.WriteLine("end");
        return Answer() is [var first, var memory, var bytes, var tensors] ? new(first, memory, bytes, tensors) : throw new InvalidDataException();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            process.WaitForExit(10_000);
            process.Kill();
        }

        process.Dispose();
    }

    private static ProcessStartInfo Info(string file, string[] arguments) => new(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private double[] Answer() =>
        (process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"A measured process ended: {string.Join(' ', process.StartInfo.ArgumentList)}"))
        .Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
}
