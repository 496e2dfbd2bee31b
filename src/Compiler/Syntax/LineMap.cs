namespace FashionCnn.Compiler.Syntax;

/// <summary>Where the lines of a text begin. A line ends where the C# compiler says that it does, since that prints the places.</summary>
internal sealed class LineMap
{
    private readonly List<int> starts = [0];
    private readonly int length;

    public LineMap(string text)
    {
        length = text.Length;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\n' or '\u0085' or '\u2028' or '\u2029' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }
    }

    /// <summary>The part of the span that is within the text.</summary>
    public TextSpan Within(TextSpan span) => TextSpan.FromBounds(Math.Min(span.Start, length), Math.Min(span.End, length));

    public LineSpan At(TextSpan span) => new(At(span.Start), At(span.End));

    private LinePosition At(int position)
    {
        var line = starts.BinarySearch(position);
        line = line >= 0 ? line : ~line - 1;
        return new LinePosition(line, position - starts[line]);
    }
}
