namespace FashionCnn.CommandLine.Study;

/// <summary>The part of a Markdown page that is written by the program, between two comments; what is around it is the author's.</summary>
internal static class MarkedPart
{
    private const string Start = "<!-- study -->";
    private const string End = "<!-- end of study -->";

    /// <summary>Whether a page has such a part.</summary>
    public static bool IsIn(string page) => Find(page) is not null;

    /// <summary>A page that consists of a title and the part.</summary>
    public static string Page(string title, string content) => $"# {title}\n\n{Start}\n\n{content.Trim('\n')}\n\n{End}\n";

    /// <summary>A page with the part replaced.</summary>
    /// <exception cref="ArgumentException">The page has no such part.</exception>
    public static string Replace(string page, string content) => Find(page) is var (from, to)
        ? $"{page[..from]}\n\n{content.Trim('\n')}\n\n{page[to..]}"
        : throw new ArgumentException($"There is no part from {Start} to {End}.", nameof(page));

    private static (int From, int To)? Find(string page)
    {
        var start = page.IndexOf(Start, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        return start >= 0 && end >= start + Start.Length ? (start + Start.Length, end) : null;
    }
}
