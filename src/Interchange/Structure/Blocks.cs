using FashionCnn.Compiler.Layers;

namespace FashionCnn.Interchange.Structure;

/// <summary>
/// Finds stretches of entries that differ only in some values and makes blocks of them, one after the other: always the one that
/// leaves the fewest lines, as long as there is one that leaves fewer.
/// </summary>
internal static class Blocks
{
    private const int LongestStretch = 64;
    private const int Tried = 16;
    private const int MostTried = 60;
    private const int MostParameters = 6;
    private const int MostBlocks = 40;

    // A parameter costs its reader as much as a line.
    private const int LeastSaved = 2;
    private const int BrokenPair = 6;

    /// <summary>The outline with blocks wherever they are shorter.</summary>
    public static Outline Of(Outline outline, EntryShapes shapes)
    {
        while (outline.Blocks.Count < MostBlocks && Next(outline, shapes) is { } shorter)
        {
            outline = shorter;
        }

        return outline;
    }

    private static Outline? Next(Outline outline, EntryShapes shapes)
    {
        Outline? best = null;
        var least = Cost(outline) - LeastSaved;
        var tried = 0;
        foreach (var stretches in Candidates(outline, shapes))
        {
            if (++tried > (best is null ? MostTried : Tried))
            {
                break;
            }

            if (Extracted(outline, stretches) is not { } changed)
            {
                continue;
            }

            changed = Inlined(Repeats.Of(changed, shapes));
            if (Cost(changed) + (stretches.Exists(BreaksPair) ? BrokenPair : 0) is var cost && cost <= least)
            {
                (best, least) = (changed, cost - 1);
            }
        }

        return best;
    }

    // An activation belongs to the merge before it.
    private static bool BreaksPair(Stretch stretch) =>
        stretch is { Start: > 0, List: var list } && list[stretch.Start] is LayerEntry { Kind.Family: LayerFamily.Activation } && list[stretch.Start - 1] is LayerEntry { Kind.JoinsBranches: true };

    private static int Cost(Outline outline) => outline.Lines + outline.Blocks.Sum(block => block.Parameters.Count);

    /// <summary>Groups of stretches of one shape, those first that promise most.</summary>
    private static IEnumerable<List<Stretch>> Candidates(Outline outline, EntryShapes shapes)
    {
        var groups = new Dictionary<(int Length, long Hash), (List<Stretch> Stretches, int Lines)>();
        foreach (var list in outline.AllLists())
        {
            var lastReaders = Repeats.LastReaders(list);
            var each = list.Select((entry, i) => Outline.LinesOf([entry], 8)).ToArray();
            for (var start = 0; start < list.Count; start++)
            {
                var (hash, last, sum) = (17L, -1, 0);
                for (var length = 1; length <= LongestStretch && start + length <= list.Count; length++)
                {
                    var end = start + length;
                    hash = (hash * 1_000_003) + shapes.ShapeOf(list[end - 1]);
                    sum += each[end - 1];
                    // Nothing within is read from outside.
                    if (length > 1)
                    {
                        last = Math.Max(last, lastReaders[end - 2]);
                    }

                    if (last >= end || sum < 2)
                    {
                        continue;
                    }

                    var stretch = new Stretch(list, start, length);
                    if (!groups.TryGetValue((length, hash), out var group))
                    {
                        groups[(length, hash)] = group = ([], sum);
                    }

                    group.Stretches.Add(stretch);
                }
            }
        }

        return groups.Values
            .Where(group => group.Stretches.Count > 1)
            .Select(group => (Apart: Apart(group.Stretches), group.Lines))
            .Where(group => group.Apart.Count > 1)
            .OrderByDescending(group => (group.Apart.Count - 1) * (group.Lines - 1))
            .ThenByDescending(group => group.Lines)
            .Select(group => group.Apart);
    }

    /// <summary>Those that do not overlap with one before.</summary>
    private static List<Stretch> Apart(List<Stretch> group)
    {
        var result = new List<Stretch>();
        foreach (var stretch in group)
        {
            if (result.Count == 0 || !ReferenceEquals(result[^1].List, stretch.List) || result[^1].End <= stretch.Start)
            {
                result.Add(stretch);
            }
        }

        return result;
    }

    /// <summary>The outline with a block in the place of stretches; null when they have too little in common.</summary>
    private static Outline? Extracted(Outline outline, List<Stretch> stretches)
    {
        var cells = stretches.Select(stretch => Cells.Of(stretch.Entries)).ToList();
        // Of stretches that are wired differently, the largest group.
        var kept = Enumerable.Range(0, stretches.Count)
            .GroupBy(i => string.Join("|", cells[i].Where(cell => !cell.MayDiffer).Select(cell => cell.Text)))
            .MaxBy(group => group.Count())!.ToList();
        if (kept.Count < 2)
        {
            return null;
        }

        stretches = [.. kept.Select(i => stretches[i])];
        cells = [.. kept.Select(i => cells[i])];
        var parameters = new BlockParameters(cells, [.. stretches.Select(stretch => stretch.Before)]);
        if (parameters.Names.Count > MostParameters)
        {
            return null;
        }

        var name = BlockNames.For(stretches[0].Entries, outline.Blocks.Select(block => block.Name).ToHashSet());
        var body = Common(stretches, Cells.With(stretches[0].Entries, parameters.Values));
        // The use gives what the last entry gave.
        body[^1] = body[^1] with { Output = outline.Unused };
        var block = new Block(name, parameters.Names, body);
        var uses = new Dictionary<IReadOnlyList<Entry>, List<(Stretch, UseEntry)>>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < stretches.Count; i++)
        {
            var last = stretches[i].Entries[^1];
            var use = new UseEntry { Block = block, Arguments = parameters.Arguments[i], Output = last.Output, Inputs = [parameters.Inputs[i]], Origin = last.Origin };
            (uses.TryGetValue(stretches[i].List, out var list) ? list : uses[stretches[i].List] = []).Add((stretches[i], use));
        }

        var changed = outline.Rewritten(list => uses.TryGetValue(list, out var found) ? Replaced(list, found) : list);
        return Sorted(changed with { Blocks = [.. changed.Blocks, block], Unused = outline.Unused + 1 });
    }

    /// <summary>The entries of a block are called by what the names of all those have in common that they stand for.</summary>
    private static List<Entry> Common(List<Stretch> stretches, IReadOnlyList<Entry> body) =>
        [.. body.Select((entry, i) => entry with { Origin = stretches.Select(stretch => stretch.Entries[i].Origin).Aggregate(BlockNames.CommonPart) })];

    private static List<Entry> Replaced(IReadOnlyList<Entry> list, List<(Stretch Stretch, UseEntry Use)> uses)
    {
        var result = new List<Entry>();
        var place = 0;
        foreach (var (stretch, use) in uses)
        {
            result.AddRange(list.Skip(place).Take(stretch.Start - place));
            result.Add(use);
            place = stretch.End;
        }

        result.AddRange(list.Skip(place));
        return result;
    }

    /// <summary>Each block after those that it uses, and every use with the block as it is now.</summary>
    private static Outline Sorted(Outline outline)
    {
        var byName = outline.Blocks.ToDictionary(block => block.Name);
        var done = new Dictionary<string, Block>();
        foreach (var block in outline.Blocks)
        {
            Finish(block.Name);
        }

        return new Outline(outline.Rewritten(Updated).Layers, [.. done.Values], outline.Unused);

        void Finish(string name)
        {
            if (done.ContainsKey(name))
            {
                return;
            }

            var block = byName[name];
            foreach (var used in new Outline(block.Body, [], 0).AllLists().SelectMany(list => list).OfType<UseEntry>().Select(use => use.Block.Name).Distinct())
            {
                Finish(used);
            }

            done[name] = block with { Body = new Outline(block.Body, [], 0).Rewritten(Updated).Layers };
        }

        IReadOnlyList<Entry> Updated(IReadOnlyList<Entry> list) => list.Any(entry => entry is UseEntry use && done.TryGetValue(use.Block.Name, out var block) && !ReferenceEquals(use.Block, block))
            ? [.. list.Select(entry => entry is UseEntry use && done.TryGetValue(use.Block.Name, out var block) ? use with { Block = block } : entry)]
            : list;
    }

    /// <summary>A block that is used in one place stands there itself.</summary>
    private static Outline Inlined(Outline outline)
    {
        var uses = outline.AllLists().SelectMany(list => list).OfType<UseEntry>().ToLookup(use => use.Block.Name);
        foreach (var block in outline.Blocks)
        {
            if (uses[block.Name].ToList() is [var only] && BlockParameters.Substituted(only) is { } entries)
            {
                var changed = outline.Rewritten(list => list.Any(entry => ReferenceEquals(entry, only)) ? [.. list.SelectMany(entry => ReferenceEquals(entry, only) ? entries : [entry])] : list);
                return Inlined(Sorted(changed with { Blocks = [.. changed.Blocks.Where(other => other.Name != block.Name)] }));
            }
        }

        return outline;
    }

    private sealed class Stretch(IReadOnlyList<Entry> list, int start, int length)
    {
        private IReadOnlyList<Entry>? entries;

        public IReadOnlyList<Entry> List => list;

        public int Start => start;

        public int End => start + length;

        /// <summary>What its first entry reads without saying so.</summary>
        public Reference Before => new(Start == 0 ? Reference.ListInput : List[Start - 1].Output);

        public IReadOnlyList<Entry> Entries => entries ??= [.. list.Skip(start).Take(length)];
    }
}
