using System.Diagnostics;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Runs the program as a process of its own, as a user does.</summary>
internal static class Processes
{
    private const string CacheVariable = "XDG_CACHE_HOME";

    // As the tests found it: some that run in this process set another for a while.
    private static readonly string? Cache = Environment.GetEnvironmentVariable(CacheVariable);

    /// <summary>The arguments that start the program with <c>dotnet</c>.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "fashioncnn.dll");

    /// <summary>Starts the program in a folder, its output to be read.</summary>
    public static Process Start(string folder, params string[] args) => Start("dotnet", folder, [Program, .. args]);

    public static Process Start(string file, string folder, string[] args)
    {
        var start = new ProcessStartInfo(file, args) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[CacheVariable] = Cache;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    public static (int ExitCode, string Output, string Error) Run(string folder, params string[] args) => Finish(Start(folder, args));

    public static (int ExitCode, string Output, string Error) Finish(Process process)
    {
        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
    }
}
