using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace FashionCnn.Generator.Tests.Onnx;

/// <summary>A test with the checker of ONNX, a module of Python; skipped, with the reason, where no Python has it.</summary>
internal sealed class OnnxCheckerFactAttribute : FactAttribute
{
    // The second is Debian's, for which its package python3-onnx is, if another one comes first in PATH.
    private static readonly string? Python = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python => Finish(python, "-c", "import onnx.checker") is { ExitCode: 0 });

    public OnnxCheckerFactAttribute()
    {
        if (Python is null)
        {
            Skip = "No python3 with the module onnx is here (on Debian and Ubuntu, the package python3-onnx).";
        }
    }

    /// <summary>Runs a script of Python.</summary>
    public static (int ExitCode, string Said) Run(params string[] arguments) => Finish(Python!, arguments);

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
