using System.ComponentModel;
using System.Diagnostics;
using FashionCnn.Checks;
using FashionCnn.Models;

namespace FashionCnn.CommandLine;

/// <summary>The outcome of a self-check in its own process.</summary>
/// <param name="Verdict">What it found; null when it could not be run.</param>
/// <param name="Obstacle">Why it could not be run.</param>
/// <param name="EndedAt">The layer that ended the process, which is among the verdict's faults.</param>
internal sealed record SelfCheckOutcome(SelfCheckVerdict? Verdict, string? Obstacle = null, string? EndedAt = null);

/// <summary>Makes self-checks in a process of their own, since a wrong kernel may end the process.</summary>
internal static class SelfCheckProcess
{
    // By the convention of shells, a process that a signal ended has 128 and the signal's number for exit code.
    private const int Signal = 128;

    private static readonly TimeSpan SignalTime = TimeSpan.FromSeconds(2);

    /// <summary>Checks a model in a setting. A process that dies is a fault of the layer that it had announced.</summary>
    /// <exception cref="OperationCanceledException">It was canceled; the process is ended.</exception>
    public static Task<SelfCheckOutcome> Run(ChildProgram program, ModelDescriptor model, SelfCheckSetting setting, CancellationToken cancellation) =>
        Run(program, SelfCheckCommand.Arguments(model, setting), cancellation);

    /// <summary>Runs a command that writes what <see cref="SelfCheckCommand"/> does.</summary>
    /// <exception cref="OperationCanceledException">It was canceled; the process is ended.</exception>
    public static async Task<SelfCheckOutcome> Run(ChildProgram program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        Process process;
        try
        {
            process = program.Start(arguments);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or InvalidOperationException)
        {
            return new SelfCheckOutcome(null, $"the program cannot start itself again: {exception.Message}");
        }

        using (process)
        {
            try
            {
                var error = process.StandardError.ReadToEndAsync(cancellation);
                var lines = (await process.StandardOutput.ReadToEndAsync(cancellation).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
                await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
                if (process.ExitCode is CommandLineProgram.Interrupted or CommandLineProgram.Terminated or CommandLineProgram.HungUp)
                {
                    // A terminal's signal ends both processes: this one gets it at the same time or a little later.
                    await Task.Delay(SignalTime, cancellation).ConfigureAwait(false);
                }

                return Outcome(lines, process.ExitCode, await error.ConfigureAwait(false));
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
        }
    }

    /// <summary>What a kernel did to end a process; null for an end of another kind: somebody stopped it, or the system ran out of memory.</summary>
    internal static string? DeathOf(int exitCode, bool isWindows, bool isMacOS) => isWindows
        ? unchecked((uint)exitCode) switch
        {
            0xC0000005 => "access violation",
            0xC000001D => "illegal instruction",
            0xC0000094 => "integer division by zero",
            0xC0000374 => "heap corruption",
            0xC0000409 => "abort",
            _ => null,
        }
        : (exitCode - Signal) switch
        {
            4 => "SIGILL",
            6 => "SIGABRT",
            7 when !isMacOS => "SIGBUS",
            10 when isMacOS => "SIGBUS",
            8 => "SIGFPE",
            11 => "SIGSEGV",
            _ => null,
        };

    private static SelfCheckOutcome Outcome(List<string[]> lines, int exitCode, string error)
    {
        var faults = lines.Where(line => line is [SelfCheckCommand.Fault, _, _]).Select(line => new LayerFault(line[1], line[2]));
        if (lines is [.., [SelfCheckCommand.Done]])
        {
            return new SelfCheckOutcome(new SelfCheckVerdict([.. faults]));
        }

        return DeathOf(exitCode, OperatingSystem.IsWindows(), OperatingSystem.IsMacOS()) is { } death && lines.LastOrDefault(line => line is [SelfCheckCommand.Layer, _]) is [_, var layer]
            ? new SelfCheckOutcome(new SelfCheckVerdict([.. faults, new LayerFault(layer, $"computing it ends the process ({death})")]), EndedAt: layer)
            : new SelfCheckOutcome(null, error.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? first : $"its process ended with exit code {exitCode}");
    }
}
