namespace FashionCnn.LanguageServer.Tests;

/// <summary>A text with a place in it, written as <c>⟦⟧</c>.</summary>
internal static class Marked
{
    public const string Mark = "⟦⟧";

    public static (string Text, int Offset) Of(string marked)
    {
        var offset = marked.IndexOf(Mark, StringComparison.Ordinal);
        return (marked.Remove(offset, Mark.Length), offset);
    }

    /// <summary>Of a text, the place in the middle of a part that it has once.</summary>
    public static int At(string text, string part)
    {
        var offset = text.IndexOf(part, StringComparison.Ordinal);
        Assert(offset >= 0 && text.IndexOf(part, offset + 1, StringComparison.Ordinal) < 0, part);
        return offset + (part.Length / 2);
    }

    private static void Assert(bool condition, string part) => Xunit.Assert.True(condition, $"'{part}' is not in the text once");
}
