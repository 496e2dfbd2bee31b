using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Makes tables whose first column names what the numbers in the others are of.</summary>
internal static class NumberTable
{
    public static Table Create(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns(columns);
        foreach (var column in table.Columns.Skip(1))
        {
            column.RightAligned();
        }

        return table;
    }
}
