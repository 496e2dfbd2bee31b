using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using FashionCnn.Generator.Shapes;

namespace FashionCnn.Generator.Emit;

/// <summary>Writes indented text with line feeds, whatever the machine's own line ending.</summary>
internal sealed class CodeWriter
{
    private const int UsualCapacity = 32 * 1024;

    // A class is emitted at a time; the next one on the same thread writes into the same buffer.
    [ThreadStatic]
    private static StringBuilder? spare;

    private readonly StringBuilder text;
    private int depth;

    public CodeWriter()
    {
        text = spare ?? new StringBuilder(UsualCapacity);
        spare = null;
    }

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            text.Append(' ', 4 * depth).Append(line);
        }

        text.Append('\n');
    }

    /// <summary>Writes an interpolated string part by part, without making it.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Style", "IDE0060", Justification = "The parts have been written when the line ends.")]
    public void Line([InterpolatedStringHandlerArgument("")] in Parts line) => text.Append('\n');

    /// <summary>Writes a block in braces.</summary>
    public void Block(string header, Action body, string end = "}")
    {
        Line(header);
        Line("{");
        depth++;
        body();
        depth--;
        Line(end);
    }

    /// <summary>Writes lines one step further in.</summary>
    public void Indented(Action body)
    {
        depth++;
        body();
        depth--;
    }

    /// <summary>The text; the writer cannot be used after it.</summary>
    public string Finish()
    {
        var result = text.ToString();
        if (text.Capacity <= 4 * UsualCapacity)
        {
            spare = text.Clear();
        }

        return result;
    }

    /// <summary>Takes the parts of an interpolated string in the writer's place.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Parts
    {
        private readonly StringBuilder text;

        [System.Diagnostics.CodeAnalysis.SuppressMessage("Style", "IDE0060", Justification = "The compiler passes the lengths.")]
        public Parts(int literalLength, int formattedCount, CodeWriter writer) => text = writer.text.Append(' ', 4 * writer.depth);

        public void AppendLiteral(string value) => text.Append(value);

        public void AppendFormatted(string value) => text.Append(value);

        public void AppendFormatted(long value) => text.Append(value.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(Shape value) => text.Append(value.ToString());
    }
}
