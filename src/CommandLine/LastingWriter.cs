using System.Text;

namespace FashionCnn.CommandLine;

/// <summary>Writes to the terminal, and after that is lost to nowhere: training ends in good order though nobody reads of it.</summary>
/// <param name="terminal">Takes what is written while it is there.</param>
internal sealed class LastingWriter(TextWriter terminal) : TextWriter
{
    private static readonly TimeSpan SignalTime = TimeSpan.FromSeconds(2);
    private static volatile bool isLost;

    /// <inheritdoc/>
    public override Encoding Encoding => terminal.Encoding;

    /// <summary>The terminal is lost.</summary>
    public static void HangUp() => isLost = true;

    /// <inheritdoc/>
    public override void Write(char value) => Attempt(() => terminal.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Attempt(() => terminal.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Attempt(() => terminal.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Attempt(() => terminal.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Attempt(terminal.Flush);

    private static void Attempt(Action write)
    {
        if (isLost)
        {
            return;
        }

        try
        {
            write();
        }
        // The signal comes at the same time as the failure, or a little later. A full disk behind a redirection has no signal.
        catch (IOException) when (SpinWait.SpinUntil(() => isLost, SignalTime))
        {
        }
    }
}
