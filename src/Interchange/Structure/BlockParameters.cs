using System.Globalization;

namespace FashionCnn.Interchange.Structure;

/// <summary>What a block for stretches of one shape is given: parameters for what differs, formulas for what follows from another one.</summary>
internal sealed class BlockParameters
{
    private readonly List<string> names = [];
    private readonly List<Column> columns = [];

    /// <param name="cells">The cells of each stretch.</param>
    /// <param name="before">What each stretch reads if it does not say otherwise.</param>
    public BlockParameters(IReadOnlyList<List<Cell>> cells, IReadOnlyList<Reference> before)
    {
        var input = Input(cells, before);
        Inputs = [.. cells.Select(stretch => input is { } place ? stretch[place].Reference!.Value : default)];
        Values = [.. Enumerable.Range(0, cells[0].Count).Select(place => ValueOf(place, cells))];
        Arguments = [.. Enumerable.Range(0, cells.Count).Select(i => columns.Select(column => column.Values[i]).ToList())];
    }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The block's value for each cell.</summary>
    public IReadOnlyList<Value> Values { get; }

    /// <summary>For each stretch what its use reads.</summary>
    public IReadOnlyList<Reference> Inputs { get; }

    /// <summary>For each stretch the arguments of its use.</summary>
    public IReadOnlyList<IReadOnlyList<Value>> Arguments { get; }

    /// <summary>A block's entries with the arguments of one use in them; null when a formula would need another one within.</summary>
    public static IReadOnlyList<Entry>? Substituted(UseEntry use)
    {
        var values = new List<Value>();
        foreach (var cell in Cells.Of(use.Block.Body))
        {
            if (cell.Reference is { } reference)
            {
                values.Add(reference.Parameter is { } name ? use.Arguments[use.Block.Parameters.ToList().IndexOf(name)]
                    : cell.Text is null && reference.Output == Reference.ListInput ? new Value(null, use.Inputs[0])
                    : new Value(cell.Text, reference));
                continue;
            }

            if (Substituted(cell.Text!, use) is not { } text)
            {
                return null;
            }

            values.Add(new Value(text));
        }

        var entries = Cells.With(use.Block.Body, values).ToList();
        // What follows reads the use's output.
        entries[^1] = entries[^1] with { Output = use.Output, Origin = use.Origin };
        return entries;
    }

    private static string? Substituted(string text, UseEntry use)
    {
        if (!text.StartsWith("\"$", StringComparison.Ordinal))
        {
            return text;
        }

        var parts = text.Trim('"').Split(' ');
        if (use.Arguments[use.Block.Parameters.ToList().IndexOf(parts[0][1..])].Text is not { } argument)
        {
            return null;
        }

        if (parts.Length == 1)
        {
            return argument;
        }

        var factor = int.Parse(parts[2], CultureInfo.InvariantCulture);
        return Integer(argument) is { } number ? (parts[1] == "*" ? number * factor : number / factor).ToString(CultureInfo.InvariantCulture)
            : argument.Contains(' ', StringComparison.Ordinal) || !argument.StartsWith("\"$", StringComparison.Ordinal) ? null
            : $"{argument.TrimEnd('"')} {parts[1]} {parts[2]}\"";
    }

    /// <summary>The cell that is the block's input: the one that is most often what stands before.</summary>
    private static int? Input(IReadOnlyList<List<Cell>> cells, IReadOnlyList<Reference> before)
    {
        int? best = null;
        var most = -1;
        for (var place = 0; place < cells[0].Count; place++)
        {
            if (cells[0][place] is not { Reference: not null, Text: null })
            {
                continue;
            }

            var count = Enumerable.Range(0, cells.Count).Count(i => cells[i][place].Reference == before[i]);
            if (count > most)
            {
                (best, most) = (place, count);
            }
        }

        return best;
    }

    private Value ValueOf(int place, IReadOnlyList<List<Cell>> cells)
    {
        var first = cells[0][place];
        if (first is { Reference: { } own, Text: not null })
        {
            // Within the stretch.
            return new Value(null, own);
        }

        if (first.Reference is not null)
        {
            var references = cells.Select(stretch => stretch[place].Reference!.Value).ToList();
            return references.SequenceEqual(Inputs) ? new Value(null, Reference.Input)
                : new Value(null, new Reference(0, Parameter(first.Name, [.. references.Select(reference => new Value(null, reference))])));
        }

        var values = cells.Select(stretch => new Value(stretch[place].Text)).ToList();
        if (values.TrueForAll(value => value.Text == first.Text) && !first.Text!.Contains('$', StringComparison.Ordinal))
        {
            return values[0];
        }

        return new Value(Formula(values) ?? $"\"${Parameter(first.Name, values)}\"");
    }

    private string Parameter(string name, IReadOnlyList<Value> values)
    {
        if (columns.Find(column => column.Values.SequenceEqual(values)) is { } same)
        {
            return same.Name;
        }

        var number = 1;
        var unique = name;
        while (names.Contains(unique))
        {
            unique = $"{name}_{++number}";
        }

        names.Add(unique);
        columns.Add(new Column(unique, values));
        return unique;
    }

    /// <summary>A multiple or a fraction of an integer that the block is given anyway; null for none.</summary>
    private string? Formula(List<Value> values)
    {
        if (columns.Exists(column => column.Values.SequenceEqual(values)))
        {
            return null;
        }

        foreach (var column in columns)
        {
            int? factor = null, divisor = null;
            for (var i = 0; i < values.Count; i++)
            {
                if (Integer(values[i].Text) is not { } value || Integer(column.Values[i].Text) is not { } given || value < 1 || given < 1)
                {
                    (factor, divisor) = (0, 0);
                    break;
                }

                factor = value % given == 0 && factor is null or > 1 && (factor is null || factor == value / given) ? value / given : 0;
                divisor = given % value == 0 && divisor is null or > 1 && (divisor is null || divisor == given / value) ? given / value : 0;
            }

            if (factor > 1)
            {
                return $"\"${column.Name} * {factor}\"";
            }

            if (divisor > 1)
            {
                return $"\"${column.Name} / {divisor}\"";
            }
        }

        return null;
    }

    private static int? Integer(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private sealed record Column(string Name, IReadOnlyList<Value> Values);
}
