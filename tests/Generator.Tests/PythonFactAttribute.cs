using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>A test with a module of Python; skipped, with the reason, where no Python has it.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    // The second is Debian's, for which its packages are, if another one comes first in PATH.
    private static readonly string[] Pythons = ["python3", "/usr/bin/python3"];

    private static readonly ConcurrentDictionary<string, string?> Found = new();

    /// <param name="module">The module.</param>
    /// <param name="package">The package of Debian and Ubuntu that has it.</param>
    public PythonFactAttribute(string module, string package)
    {
        if (Find(module) is null)
        {
            Skip = $"No python3 with the module {module} is here (on Debian and Ubuntu, the package {package}).";
        }
    }

    /// <summary>Runs a script with the Python that has a module.</summary>
    public static (int ExitCode, string Said) Run(string module, params string[] arguments) => Finish(Find(module)!, arguments);

    private static string? Find(string module) => Found.GetOrAdd(module, name => Pythons.FirstOrDefault(python => Finish(python, "-c", $"import {name}") is { ExitCode: 0 }));

    private static (int ExitCode, string Said) Finish(string python, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return (-1, string.Empty);
        }
    }
}
