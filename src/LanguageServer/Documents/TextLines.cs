using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Documents;

/// <summary>Where the lines of a text begin, as the protocol counts them; the C# compiler, in whose lines messages are printed, knows more ends of lines.</summary>
internal sealed class TextLines
{
    private readonly string text;
    private readonly List<int> starts = [0];

    public TextLines(string text)
    {
        this.text = text;
        for (var i = text.AsSpan().IndexOfAny('\n', '\r'); i >= 0;)
        {
            i += text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 2 : 1;
            starts.Add(i);
            var next = text.AsSpan(i).IndexOfAny('\n', '\r');
            i = next < 0 ? -1 : i + next;
        }
    }

    /// <summary>The offset of a place; one that the text does not have is the nearest that it has.</summary>
    public int OffsetOf(Position position)
    {
        if (position.Line < 0)
        {
            return 0;
        }

        if (position.Line >= starts.Count)
        {
            return text.Length;
        }

        var start = starts[position.Line];
        var end = position.Line + 1 < starts.Count ? starts[position.Line + 1] : text.Length;
        while (end > start && text[end - 1] is '\n' or '\r')
        {
            end--;
        }

        return Math.Min(start + Math.Max(position.Character, 0), end);
    }

    public Position PositionOf(int offset)
    {
        var line = starts.BinarySearch(offset);
        line = line >= 0 ? line : ~line - 1;
        return new Position(line, offset - starts[line]);
    }

    public Range RangeOf(TextSpan span) => new(PositionOf(span.Start), PositionOf(span.End));

    public TextSpan SpanOf(Range range)
    {
        var (start, end) = (OffsetOf(range.Start), OffsetOf(range.End));
        return TextSpan.FromBounds(Math.Min(start, end), Math.Max(start, end));
    }
}
