using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace FashionCnn.Interchange.Structure;

/// <summary>One value in a stretch of entries that may differ between stretches of one shape.</summary>
/// <param name="Name">What a parameter for it would be called.</param>
/// <param name="Text">The value as JSON, or for what is read within the stretch the place; null for what is read from outside.</param>
/// <param name="Reference">What is read from outside.</param>
/// <param name="MayDiffer">It can be a parameter.</param>
/// <param name="IsWithin">It stands in a list within the stretch.</param>
internal readonly record struct Cell(string Name, string? Text, Reference? Reference, bool MayDiffer, bool IsWithin);

/// <summary>The values of stretches of entries, in an order that depends on their shape alone; and stretches with other values.</summary>
internal static partial class Cells
{
    // Entries never change, and each is seen in many stretches.
    private static readonly ConditionalWeakTable<Entry, Cell[]> Known = [];

    /// <summary>The cells of a stretch.</summary>
    public static List<Cell> Of(IReadOnlyList<Entry> stretch)
    {
        var cells = new List<Cell>();
        for (var i = 0; i < stretch.Count; i++)
        {
            foreach (var cell in Of(stretch[i]))
            {
                cells.Add(cell is { Text: null, Reference: { Parameter: null, Output: var output } } && PlaceOf(output, stretch, i) is { } place
                    ? cell with { Name = "from", Text = place.ToString(CultureInfo.InvariantCulture), MayDiffer = false }
                    : cell);
            }
        }

        return cells;
    }

    /// <summary>The cells of one entry.</summary>
    public static IReadOnlyList<Cell> Of(Entry entry) => Known.GetValue(entry, static entry =>
    {
        var cells = new List<Cell>();
        _ = Visit([entry], new Dictionary<int, int>(), cells, null, isWithin: false);
        return [.. cells];
    });

    // Most entries read the one before.
    private static int? PlaceOf(int output, IReadOnlyList<Entry> stretch, int end)
    {
        for (var i = end - 1; i >= 0; i--)
        {
            if (stretch[i].Output == output)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>The stretch with a value for each of its cells.</summary>
    public static IReadOnlyList<Entry> With(IReadOnlyList<Entry> stretch, IReadOnlyList<Value> values)
    {
        var place = 0;
        return Visit(stretch, new Dictionary<int, int>(), null, _ => values[place++], isWithin: false);
    }

    private static List<Entry> Visit(IReadOnlyList<Entry> list, Dictionary<int, int> places, List<Cell>? cells, Func<Cell, Value>? replace, bool isWithin)
    {
        var result = new List<Entry>(list.Count);
        foreach (var entry in list)
        {
            var inputs = entry.Inputs.Select(input => Replace(OfReference(input)).Name!.Value).ToList();
            Entry visited = entry switch
            {
                LayerEntry layer => layer with
                {
                    Inputs = inputs,
                    Settings = [.. layer.Settings.Select((value, i) => layer.Kind.Table.Keys[i] is var key && Variable.Is(key) && (value.Text ?? Variable.Default(key)) is { } text
                        ? Variable.IsNested(text) ? new Value(NumberPattern().Replace(text, number => Replace(new Cell(key.Name, number.Value, null, MayDiffer: true, isWithin)).Text!))
                        : Written(Replace(new Cell(key.Name, text, null, MayDiffer: true, isWithin)), Variable.Default(key))
                        : value)],
                },
                UseEntry use => use with
                {
                    Inputs = inputs,
                    Arguments = [.. use.Arguments.Select((value, i) => Replace(value.Name is { } name ? OfReference(name) : new Cell(use.Block.Parameters[i], value.Text, null, MayDiffer: true, isWithin)))],
                },
                _ => entry with { Inputs = inputs },
            };
            // What a list within calls its input is its own.
            visited = visited switch
            {
                LayerEntry { Branches.Count: > 0 } merge => merge with { Branches = [.. merge.Branches.Select(branch => Visit(branch, new Dictionary<int, int>(places), cells, replace, isWithin: true))] },
                RepeatEntry repeat => repeat with { Body = Visit(repeat.Body, new Dictionary<int, int>(places), cells, replace, isWithin: true) },
                _ => visited,
            };
            places[entry.Output] = places.Count;
            result.Add(visited);
        }

        return result;

        Value Replace(Cell cell)
        {
            cells?.Add(cell);
            return replace is null ? new Value(cell.Text, cell.Reference) : replace(cell);
        }

        Cell OfReference(Reference reference) =>
            reference.Parameter is null && places.TryGetValue(reference.Output, out var place) ? new Cell("from", place.ToString(CultureInfo.InvariantCulture), reference, MayDiffer: false, isWithin)
            : reference.Parameter is null && reference.Output == Reference.ListInput && isWithin ? new Cell("from", "input", reference, MayDiffer: false, isWithin)
            : new Cell("previous", null, reference, MayDiffer: true, isWithin);
    }

    // A number, or a parameter in its place.
    [GeneratedRegex("-?\\d+|\"\\$[^\"]*\"")]
    private static partial Regex NumberPattern();

    private static Value Written(Value value, string? standard) => value.Text == standard ? default : value;
}
