using System.Globalization;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>
/// Turns Ctrl-C, the signal to terminate and a lost terminal into a cancellation, while it lives: the first one stops the command in good
/// order, a second one ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly object gate = new();
    private readonly IAnsiConsole console;
    private readonly string? says;
    private bool hasEnded;

    private Interruption(IAnsiConsole console, string? says)
    {
        (this.console, this.says) = (console, says);
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCodes.Interrupted)));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCodes.Terminated)));
        if (!IgnoresHangup())
        {
            signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Stop(context, ExitCodes.HungUp)));
        }
    }

    /// <summary>What training says: it makes one more step.</summary>
    public const string KeepsTraining = "Stopping after the current step; what was trained is kept.";

    public CancellationToken Token => source.Token;

    /// <summary>The exit code for the signal, as in shells: 128 plus the signal's number.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Interrupted;

    /// <summary>Runs a command that can be interrupted at any point; it gives the exit code, or throws when it was.</summary>
    /// <param name="console">Takes what is said to a signal.</param>
    /// <param name="says">What that is; null for nothing.</param>
    /// <param name="command">The command.</param>
    public static int Around(IAnsiConsole console, string? says, Func<Interruption, int> command)
    {
        using var interruption = new Interruption(console, says);
        try
        {
            return command(interruption);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            // There is nothing to keep.
            return interruption.ExitCode;
        }
    }

    public void Dispose()
    {
        foreach (var signal in signals)
        {
            signal.Dispose();
        }

        // A signal that came just before is still being handled, on a thread of its own: what it uses stays until it is done.
        lock (gate)
        {
            hasEnded = true;
            source.Dispose();
        }
    }

    private void Stop(PosixSignalContext context, int exitCode)
    {
        // A second one does not wait until the first has said what it has to say.
        if (source.IsCancellationRequested)
        {
            return;
        }

        lock (gate)
        {
            if (!hasEnded && !source.IsCancellationRequested)
            {
                StopFirst(context, exitCode);
            }
        }
    }

    private void StopFirst(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        ExitCode = exitCode;
        // First of all: whether anybody still reads what is said does not matter.
        source.Cancel();
        if (exitCode == ExitCodes.HungUp)
        {
            LastingWriter.HangUp();
        }

        try
        {
            if (says is not null)
            {
                console.WriteLine(says);
            }
        }
        catch (OutputLostException)
        {
            // The command finds out by itself; on this thread it would end the process.
        }
    }

    // nohup asks to live on without a terminal: it has the process ignore the signal, which a handler would undo.
    private static bool IgnoresHangup()
    {
        const string Status = "/proc/self/status";
        const string Ignored = "SigIgn:";
        try
        {
            return File.Exists(Status)
                && File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal)) is { } line
                && ulong.TryParse(line.AsSpan(Ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var signals)
                && (signals & 1) != 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
