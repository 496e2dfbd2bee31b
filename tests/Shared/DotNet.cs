using System.Diagnostics;
using Xunit;

namespace FashionCnn.Tests;

/// <summary>Runs the <c>dotnet</c> command as a user does.</summary>
internal static class DotNet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>For builds: messages are in lines, and no process of the build stays behind.</summary>
    public static readonly string[] Quietly = ["-nologo", "-tl:off", "-v:m", "-nodeReuse:false"];

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">The folder in which it is run.</param>
    /// <param name="variables">Environment variables that it has besides those of this process.</param>
    /// <param name="arguments">What is to be done.</param>
    /// <returns>The exit code and what it wrote to the console, line by line, errors last.</returns>
    public static (int ExitCode, IReadOnlyList<string> Lines) Run(string folder, IReadOnlyDictionary<string, string>? variables, params string[] arguments) =>
        RunProgram(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", folder, variables, arguments);

    /// <summary>Runs a program that the command made, to its end.</summary>
    public static (int ExitCode, IReadOnlyList<string> Lines) RunProgram(string file, string folder, IReadOnlyDictionary<string, string>? variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };

        // The test itself may run inside MSBuild, whose variables would send the build to another SDK.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{Path.GetFileName(file)} {string.Join(' ', arguments)} took longer than {Limit}.");
        }

        return (process.ExitCode, (output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult()).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }
}
