using System.Diagnostics;

namespace FashionCnn.CommandLine;

/// <summary>How to start this program once more.</summary>
/// <param name="File">The file to run.</param>
/// <param name="Arguments">What comes before the arguments of a command.</param>
internal sealed record ChildProgram(string File, IReadOnlyList<string> Arguments)
{
    /// <summary>Set in a child, so that a program that ignores its arguments does not start itself forever.</summary>
    private const string Marker = "FASHIONCNN_SELF_CHECK_PROCESS";

    // A process that finds these takes itself for one rank of a parallel job, and waits for the others.
    private static readonly string[] ParallelJob = ["OMPI_", "PMI_", "PMIX_", "SLURM_", "MPI"];

    /// <summary>This program, as it was started itself; null in a child, and where that cannot be told.</summary>
    public static ChildProgram? Current
    {
        get
        {
            // The program's own assembly where the host was started with it; in a program of a single file, assemblies have no location.
            var assembly = Environment.GetCommandLineArgs()[0];
            return Environment.GetEnvironmentVariable(Marker) is not null || Environment.ProcessPath is not { } path ? null
                : Path.GetFileNameWithoutExtension(path) != "dotnet" ? new ChildProgram(path, [])
                : assembly.Length > 0 ? new ChildProgram(path, [assembly])
                : null;
        }
    }

    /// <summary>Starts it with a command's arguments, its output and errors to be read.</summary>
    public Process Start(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(File, [.. Arguments, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => ParallelJob.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment[Marker] = "1";
        // Fills new blocks of memory with large numbers: what a kernel forgets to write would often look right otherwise.
        start.Environment["MALLOC_PERTURB_"] = "128";
        // Threads that wait while this program loads data would hold up those that compute.
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        start.Environment["GLIBC_TUNABLES"] = "glibc.malloc.tcache_count=0";
        return Process.Start(start)!;
    }
}
