using System.Globalization;

namespace FashionCnn.Interchange.Structure;

/// <summary>Writes entries as pieces of a spec.</summary>
/// <param name="nameOf">What to call the entry that gives an output; it is asked only for entries that others read by name.</param>
/// <param name="nameIn">The name that an entry has in the text; null for none.</param>
internal sealed class SpecPieces(Func<int, string> nameOf, Func<Entry, string?> nameIn)
{
    /// <summary>The list of layers of a network, of a block and so on.</summary>
    public Piece List(IReadOnlyList<Entry> list) => new Piece.Array([.. list.Select((entry, i) => Entry(entry, i == 0 ? Reference.ListInput : list[i - 1].Output))]);

    /// <summary>A block's definition, without its name.</summary>
    public Piece Definition(Block block) => block.Parameters.Count == 0
        ? new Piece.Object([("layers", List(block.Body))])
        : new Piece.Object([("parameters", new Piece.Array([.. block.Parameters.Select(name => new Piece.Raw($"\"{name}\""))])), ("layers", List(block.Body))]);

    /// <summary>One entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="before">The output that it reads without saying so.</param>
    public Piece Entry(Entry entry, int before)
    {
        var members = new List<(string, Piece)>();
        members.Add(entry switch
        {
            LayerEntry layer => ("type", new Piece.Raw($"\"{layer.Kind.Type}\"")),
            RepeatEntry repeat => ("repeat", new Piece.Raw(repeat.Count.ToString(CultureInfo.InvariantCulture))),
            _ => ("block", new Piece.Raw($"\"{((UseEntry)entry).Block.Name}\"")),
        });
        if (nameIn(entry) is { } name)
        {
            members.Add(("name", new Piece.Raw($"\"{name}\"")));
        }

        if (entry.Inputs.Count > 1)
        {
            members.Add(("from", new Piece.Array([.. entry.Inputs.Select(Name)])));
        }
        else if (!IsImplicit(entry, before))
        {
            members.Add(("from", Name(entry.Inputs[0])));
        }

        switch (entry)
        {
            case LayerEntry layer:
                members.AddRange(layer.Settings.Select((value, i) => (Key: layer.Kind.Table.Keys[i].Name, Value: value)).Where(setting => setting.Value.Text is not null).Select(setting => (setting.Key, (Piece)Text(setting.Value))));
                if (layer.Branches.Count > 0)
                {
                    members.Add(("branches", new Piece.Array([.. layer.Branches.Select(List)])));
                }

                break;
            case RepeatEntry repeat:
                members.Add(("layers", List(repeat.Body)));
                break;
            case UseEntry use:
                members.AddRange(use.Block.Parameters.Select((parameter, i) => (parameter, (Piece)Text(use.Arguments[i]))));
                break;
        }

        return new Piece.Object(members);
    }

    public static bool IsImplicit(Entry entry, int before) => entry.Inputs is [{ Parameter: null, Output: var output }] && output == before;

    private Piece.Raw Text(Value value) => value.Name is { } name ? Name(name) : new Piece.Raw(value.Text!);

    private Piece.Raw Name(Reference reference) => new(
        reference.Parameter is { } parameter ? $"\"${parameter}\"" : $"\"{(reference.Output == Reference.ListInput ? "input" : nameOf(reference.Output))}\"");
}
