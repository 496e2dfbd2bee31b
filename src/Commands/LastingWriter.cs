using System.Text;

namespace FashionCnn.Commands;

/// <summary>Standard output is full or closed.</summary>
/// <param name="reason">What the system says of it, without a full stop.</param>
internal sealed class OutputLostException(string reason) : IOException($"standard output could not be written: {reason}.");

/// <summary>
/// Writes to a standard stream whatever becomes of it. What cannot be written to a terminal that was lost, or to standard error, goes
/// nowhere: training ends in good order though nobody reads of it, and the exit code still says what happened. Standard output that was
/// redirected to a place that takes no more is an error.
/// </summary>
internal sealed class LastingWriter : TextWriter
{
    private static volatile bool isHungUp;

    private readonly TextWriter stream;
    private readonly bool isRequired;
    private readonly bool isClosed;
    private volatile bool isLost;

    private LastingWriter(TextWriter stream, bool isRequired, bool isClosed)
    {
        (this.stream, this.isRequired, this.isClosed) = (stream, isRequired, isClosed);
    }

    /// <inheritdoc/>
    public override Encoding Encoding => stream.Encoding;

    /// <summary>Standard output; on a terminal the user sees that it is gone.</summary>
    public static LastingWriter Output() => new(Console.Out, Console.IsOutputRedirected, StandardStream.IsClosed(StandardStream.Output));

    /// <summary>Standard error.</summary>
    public static LastingWriter Error() => new(Console.Error, isRequired: false, StandardStream.IsClosed(StandardStream.Error));

    /// <summary>The terminal is lost.</summary>
    public static void HangUp() => isHungUp = true;

    /// <inheritdoc/>
    public override void Write(char value) => Attempt(() => stream.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Attempt(() => stream.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Attempt(() => stream.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Attempt(() => stream.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Attempt(stream.Flush);

    private void Attempt(Action write)
    {
        if (isHungUp || isLost)
        {
            return;
        }

        if (isClosed)
        {
            Lose("it is closed");
            return;
        }

        try
        {
            write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // With a path, .NET says it after the system's words.
            Lose(exception.Message.Split(" : '")[0].TrimEnd('.'));
        }
    }

    private void Lose(string reason)
    {
        if (isRequired)
        {
            throw new OutputLostException(reason);
        }

        isLost = true;
    }
}
