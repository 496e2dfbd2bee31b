using System.Diagnostics;
using FashionCnn.Runtime.Tests.Checks;
using FashionCnn.Runtime.Tests.Native;

namespace FashionCnn.Runtime.Tests;

/// <summary>
/// Work that needs a process of its own, because it changes the process or may end it. The test assembly is also a program, which does the work
/// that is named by its first argument.
/// </summary>
internal static class ChildProcess
{
    private static readonly Dictionary<string, Func<string[], int>> Work = new()
    {
        [HiddenCaches.Name] = args =>
        {
            HiddenCaches.Run(args);
            return 0;
        },
        [HiddenCachesCheck.Name] = args =>
        {
            HiddenCachesCheck.Run(args);
            return 0;
        },
        [LayerScan.Name] = LayerScan.Print,
        [LayerScan.ChildName] = LayerScan.RunChild,
    };

    public static int Main(string[] args)
    {
        if (args.Length == 0 || !Work.TryGetValue(args[0], out var work))
        {
            Console.Error.WriteLine($"Work: {string.Join(", ", Work.Keys)}");
            return 2;
        }

        return work(args[1..]);
    }

    /// <summary>Does the work in a process in whose memory every new block is filled with large values, so that what is never written shows.</summary>
    /// <param name="args">The work and its arguments.</param>
    public static (int ExitCode, string[] Lines, string Error) Run(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ChildProcess).Assembly.Location, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MALLOC_PERTURB_"] = "128";
        start.Environment["GLIBC_TUNABLES"] = "glibc.malloc.tcache_count=0";
        start.Environment["ONEDNN_MAX_CPU_ISA"] = string.Empty;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries), error.Result);
    }
}
