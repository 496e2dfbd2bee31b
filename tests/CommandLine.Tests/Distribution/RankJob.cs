using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Distribution;

/// <summary>A training in several processes.</summary>
/// <param name="Process">The launcher.</param>
/// <param name="Said">What it said before it trained.</param>
/// <param name="Error">What it says of what went wrong.</param>
internal sealed record RankJob(Process Process, string Said, Task<string> Error)
{
    /// <summary>Starts a job with the network of the one process, and waits until it trains.</summary>
    public static RankJob Begin(string launcher, int ranks, OneProcess one, string run, params string[] args)
    {
        var process = Launcher.Of(launcher).Start(ranks, one.Folder, [.. OneProcess.Budget, "--output", run, .. args]);
        var error = process.StandardError.ReadToEndAsync();
        var begin = new StringBuilder();
        while (process.StandardOutput.ReadLine() is { } line && !begin.AppendLine(line).ToString().Contains("Run folder: ", StringComparison.Ordinal))
        {
        }

        Assert.True(SpinWait.SpinUntil(() => process.HasExited || File.Exists(Path.Combine(run, "checkpoint.safetensors")), 300_000) && !process.HasExited, "the job has not begun");
        return new RankJob(process, begin.ToString(), error);
    }

    /// <summary>The process that is a rank.</summary>
    public int RankOf(int rank) => int.Parse(Regex.Match(Said, @"\(processes ([0-9, ]+)\)").Groups[1].Value.Split(", ")[rank], CultureInfo.InvariantCulture);

    public static void Signal(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public (int ExitCode, string Output, string Error) End()
    {
        using (Process)
        {
            var output = Said + Process.StandardOutput.ReadToEnd();
            if (!Process.WaitForExit(300_000))
            {
                Process.Kill(entireProcessTree: true);
                Assert.Fail($"The job did not end: {output}");
            }

            return (Process.ExitCode, output, Error.Result);
        }
    }
}
