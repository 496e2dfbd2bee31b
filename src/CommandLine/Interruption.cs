using System.Runtime.InteropServices;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>
/// Turns Ctrl-C and the signal to terminate into a cancellation, while it lives: the first one stops after the current step, a second
/// one ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;
    private readonly IAnsiConsole console;

    public Interruption(IAnsiConsole console)
    {
        this.console = console;
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        source.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        if (source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        console.WriteLine("Stopping after the current step; what was trained is kept.");
        source.Cancel();
    }
}
