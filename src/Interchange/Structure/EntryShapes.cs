using System.Text;

namespace FashionCnn.Interchange.Structure;

/// <summary>Numbers for entries: equal ones for entries that differ only in what a block's parameters may be, or for those that do not differ at all.</summary>
internal sealed class EntryShapes
{
    private readonly Dictionary<string, int> numbers = [];
    private readonly Dictionary<(int Text, int Distance), int> pairs = [];
    private readonly Dictionary<Entry, int> shapes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Entry, int> texts = new(ReferenceEqualityComparer.Instance);

    /// <summary>The number of an entry whose variable values count for nothing, and what it reads neither.</summary>
    public int ShapeOf(Entry entry)
    {
        if (!shapes.TryGetValue(entry, out var shape))
        {
            var text = new StringBuilder();
            Append(entry, text);
            shapes[entry] = shape = Number(text.ToString());
        }

        return shape;
    }

    /// <summary>The numbers of the entries of a list, equal where nothing differs: what is read counts by how far back it stands.</summary>
    public int[] Exact(IReadOnlyList<Entry> list)
    {
        var places = new Dictionary<int, int>();
        var result = new int[list.Count];
        for (var i = 0; i < list.Count; i++)
        {
            var number = TextOf(list[i]);
            foreach (var cell in Cells.Of(list[i]))
            {
                if (cell is { Text: null, Reference: { Parameter: null, Output: var output } })
                {
                    // What is not in the list counts by itself, below all distances.
                    var distance = output == Reference.ListInput ? i + 1 : places.TryGetValue(output, out var place) ? i - place : -output - 1;
                    number = pairs.TryGetValue((number, distance), out var known) ? known : pairs[(number, distance)] = Number($"{number}-{distance}");
                }
            }

            result[i] = number;
            places[list[i].Output] = i;
        }

        return result;
    }

    private int TextOf(Entry entry)
    {
        if (!texts.TryGetValue(entry, out var number))
        {
            var text = new StringBuilder().Append(ShapeOf(entry)).Append(':');
            foreach (var cell in Cells.Of(entry))
            {
                text.Append(cell.Text ?? cell.Reference!.Value.Parameter).Append('|');
            }

            texts[entry] = number = Number(text.ToString());
        }

        return number;
    }

    private void Append(Entry entry, StringBuilder text)
    {
        text.Append(entry.Inputs.Count);
        switch (entry)
        {
            case LayerEntry layer:
                text.Append(layer.Kind.Type);
                for (var i = 0; i < layer.Settings.Count; i++)
                {
                    var key = layer.Kind.Table.Keys[i];
                    if (!Variable.Is(key))
                    {
                        text.Append('|').Append(layer.Settings[i].Text);
                    }
                    else if (Variable.IsNested(layer.Settings[i].Text))
                    {
                        text.Append("|[[");
                    }
                    else if (Variable.Default(key) is null)
                    {
                        text.Append('|').Append(layer.Settings[i].Text is null);
                    }
                }

                break;
            case RepeatEntry repeat:
                text.Append("repeat").Append(repeat.Count);
                break;
            case UseEntry use:
                text.Append("block ").Append(use.Block.Name);
                break;
        }

        foreach (var list in entry.Lists)
        {
            text.Append('[');
            foreach (var inner in list)
            {
                text.Append(ShapeOf(inner)).Append(',');
            }

            text.Append(']');
        }
    }

    private int Number(string text)
    {
        if (!numbers.TryGetValue(text, out var number))
        {
            numbers[text] = number = numbers.Count;
        }

        return number;
    }
}
