using System.Runtime.CompilerServices;

namespace FashionCnn.Interchange.Structure;

/// <summary>A network as entries, with the blocks that they use. It never changes; whatever rewrites it makes another.</summary>
/// <param name="Layers">The network.</param>
/// <param name="Blocks">The blocks, each after those that it uses.</param>
/// <param name="Unused">A number that no value has.</param>
internal sealed record Outline(IReadOnlyList<Entry> Layers, IReadOnlyList<Block> Blocks, int Unused)
{
    // Entries never change, and each is measured many times.
    private static readonly ConditionalWeakTable<Entry, Dictionary<(int Indent, bool IsImplicit), int>> Known = [];

    // Where the lists of the network and of a block stand in the layout.
    private const int Indent = 4;
    private const int BlockIndent = 8;

    // Lines are compared before names are chosen.
    private static readonly SpecPieces Measure = new(_ => "layer_name", _ => null);

    /// <summary>The lines of the layers and blocks in the layout of specs.</summary>
    public int Lines { get; } = LinesOf(Layers, Indent) + (Blocks.Count == 0 ? 0 : 2) + Blocks.Sum(block => LinesOf(block.Body, BlockIndent) + (block.Parameters.Count == 0 ? 4 : 5));

    /// <summary>The lines of a list's entries.</summary>
    public static int LinesOf(IReadOnlyList<Entry> list, int indent)
    {
        var lines = 0;
        for (var i = 0; i < list.Count; i++)
        {
            var isImplicit = SpecPieces.IsImplicit(list[i], i == 0 ? Reference.ListInput : list[i - 1].Output);
            var known = Known.GetOrCreateValue(list[i]);
            if (!known.TryGetValue((indent, isImplicit), out var count))
            {
                known[(indent, isImplicit)] = count = Measure.Entry(list[i], isImplicit ? list[i].Inputs[0].Output : int.MinValue).Lines(indent);
            }

            lines += count;
        }

        return lines;
    }

    /// <summary>All lists of entries: the network's, the blocks', and those within.</summary>
    public IEnumerable<IReadOnlyList<Entry>> AllLists() => Blocks.Select(block => block.Body).Append(Layers).SelectMany(Within);

    /// <summary>The outline with every list rewritten, inner lists first.</summary>
    public Outline Rewritten(Func<IReadOnlyList<Entry>, IReadOnlyList<Entry>> rewrite) => new(
        Rewritten(Layers, rewrite),
        [.. Blocks.Select(block => block with { Body = Rewritten(block.Body, rewrite) })],
        Unused);

    private static IReadOnlyList<Entry> Rewritten(IReadOnlyList<Entry> list, Func<IReadOnlyList<Entry>, IReadOnlyList<Entry>> rewrite)
    {
        var own = rewrite(list);
        List<Entry>? changed = null;
        for (var i = 0; i < own.Count; i++)
        {
            if (own[i].Lists.Count == 0)
            {
                continue;
            }

            var lists = own[i].Lists.Select(inner => Rewritten(inner, rewrite)).ToList();
            if (lists.Zip(own[i].Lists).All(pair => ReferenceEquals(pair.First, pair.Second)))
            {
                continue;
            }

            changed ??= [.. own];
            changed[i] = own[i] is LayerEntry layer ? layer with { Branches = lists } : (RepeatEntry)own[i] with { Body = lists[0] };
        }

        return changed ?? own;
    }

    private static IEnumerable<IReadOnlyList<Entry>> Within(IReadOnlyList<Entry> list) => list.SelectMany(entry => entry.Lists).SelectMany(Within).Prepend(list);
}
