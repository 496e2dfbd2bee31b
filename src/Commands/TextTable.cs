using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its heading, which may be broken between words.</param>
/// <param name="IsNumber">Stands on the right.</param>
/// <param name="IsProse">May be broken between words; what is not prose never is.</param>
internal sealed record TextColumn(string Title, bool IsNumber = true, bool IsProse = false);

/// <summary>
/// A table that splits neither numbers nor names: where the terminal is too narrow for that, each row is a list of its values.
/// </summary>
internal sealed class TextTable
{
    // Two at each end, three between columns.
    private const int Margin = 4;
    private const int Gap = 3;

    private readonly IReadOnlyList<TextColumn> columns;
    private readonly List<string[]> rows = [];

    public TextTable(params IReadOnlyList<TextColumn> columns) => this.columns = columns;

    /// <summary>A first column that names what the numbers in the others are of.</summary>
    public static TextTable OfNumbers(params string[] titles) => new([new TextColumn(titles[0], IsNumber: false), .. titles.Skip(1).Select(title => new TextColumn(title))]);

    /// <summary>Adds a row; a line break in a cell is written as its code.</summary>
    public void Add(params string[] cells) => rows.Add([.. cells.Select(PlainWriter.PlainLine)]);

    /// <summary>Whether the table fits a width without splitting anything but prose and headings.</summary>
    public bool Fits(int width) => Widths(width) is not null;

    public void Write(IAnsiConsole console)
    {
        if (Widths(console.Profile.Width) is not { } widths)
        {
            WriteLists(console);
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var (i, column) in columns.Index())
        {
            var added = new TableColumn(new Text(column.Title)) { Width = widths[i] };
            table.AddColumn(column.IsNumber ? added.RightAligned() : added);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(table);
    }

    private int[]? Widths(int width)
    {
        var least = columns.Select((column, i) => rows.Select(row => column.IsProse ? LongestWord(row[i]) : row[i].Length).Append(LongestWord(column.Title)).Max()).ToArray();
        var widths = columns.Select((column, i) => rows.Select(row => row[i].Length).Append(column.Title.Length).Max()).ToArray();
        var room = width - Margin - (Gap * (columns.Count - 1));
        while (widths.Sum() > room)
        {
            // The column that can best do with less.
            var widest = Enumerable.Range(0, widths.Length).MaxBy(i => widths[i] - least[i]);
            if (widths[widest] == least[widest])
            {
                return null;
            }

            widths[widest]--;
        }

        return widths;
    }

    private void WriteLists(IAnsiConsole console)
    {
        // Not by way of the console, which would break a word that is longer than a line.
        var output = console.Profile.Out.Writer;
        foreach (var row in rows)
        {
            output.WriteLine();
            output.WriteLine(row[0]);
            foreach (var line in columns.Zip(row).Skip(1).Where(pair => pair.Second.Length > 0).SelectMany(pair => LineBreaks.BetweenWords($"  {pair.First.Title}: {pair.Second}", console.Profile.Width, "    ")))
            {
                output.WriteLine(line);
            }
        }

        output.WriteLine();
    }

    private static int LongestWord(string text) => text.Split(' ').Max(word => word.Length);
}
