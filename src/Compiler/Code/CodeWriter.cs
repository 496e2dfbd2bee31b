using System.Text;

namespace FashionCnn.Compiler.Code;

/// <summary>Writes indented text with line feeds, whatever the machine's own line ending.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            text.Append(' ', 4 * depth).Append(line);
        }

        text.Append('\n');
    }

    /// <summary>Writes a block in braces.</summary>
    public void Block(string header, Action body, string end = "}")
    {
        Line(header);
        Line("{");
        Indented(body);
        Line(end);
    }

    /// <summary>Writes lines one step further in.</summary>
    public void Indented(Action body)
    {
        depth++;
        body();
        depth--;
    }

    public override string ToString() => text.ToString();
}
