using System.Globalization;
using System.Text;

namespace FashionCnn.Commands;

/// <summary>
/// Writes texts so that a terminal shows them and does nothing else: names in files and arguments can hold characters that move the cursor,
/// change the title or turn the direction of writing. Each is written as its code, such as <c>\u001b</c>.
/// </summary>
/// <param name="writer">Takes what is left.</param>
internal sealed class PlainWriter(TextWriter writer) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => writer.Encoding;

    /// <summary>A text in which nothing but line breaks and tabs controls a terminal.</summary>
    public static string Plain(string text) => text.Any(IsControl)
        ? string.Concat(text.Select(character => IsControl(character) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : character.ToString()))
        : text;

    /// <summary>A text in which nothing but tabs controls a terminal, not even line breaks: a name that has one cannot add a line of its own.</summary>
    public static string PlainLine(string text) => Plain(text).Replace("\r", "\\u000d", StringComparison.Ordinal).Replace("\n", "\\u000a", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => writer.Write(value is null ? null : Plain(value));

    /// <summary>Writes one line, see <see cref="PlainLine"/>.</summary>
    public override void WriteLine(string? value) => writer.WriteLine(value is null ? null : PlainLine(value));

    /// <inheritdoc/>
    public override void Flush() => writer.Flush();

    // A carriage return is a line break only before the line feed, which this program writes nowhere but on Windows.
    private static bool IsControl(char character) => character switch
    {
        '\n' or '\t' => false,
        '\r' => !OperatingSystem.IsWindows(),
        // Which turn the direction of what follows.
        (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' => true,
        _ => char.IsControl(character),
    };
}
