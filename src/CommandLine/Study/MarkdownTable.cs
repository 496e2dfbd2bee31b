namespace FashionCnn.CommandLine.Study;

/// <summary>Tables in Markdown.</summary>
internal static class MarkdownTable
{
    /// <summary>A table.</summary>
    /// <param name="titles">The headings. One that ends in a colon stands, without it, over a column of numbers.</param>
    /// <param name="rows">The cells of each row.</param>
    public static string Of(IReadOnlyList<string> titles, IEnumerable<IReadOnlyList<string>> rows) => string.Concat(
        rows.Prepend([.. titles.Select(title => title.EndsWith(':') ? "---:" : "---")]).Prepend([.. titles.Select(title => title.TrimEnd(':'))])
            .Select(cells => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n"));
}
