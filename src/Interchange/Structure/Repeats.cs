using System.Runtime.CompilerServices;

namespace FashionCnn.Interchange.Structure;

/// <summary>Writes entries that follow each other several times as rounds.</summary>
internal static class Repeats
{
    // A round of more entries is rather a block.
    private const int LongestRound = 40;
    private const int MostRounds = 1_000;

    // Lists never change, and most of them are seen again.
    private static readonly ConditionalWeakTable<IReadOnlyList<Entry>, object> Settled = [];

    /// <summary>The outline with rounds wherever they are shorter.</summary>
    public static Outline Of(Outline outline, EntryShapes shapes)
    {
        return outline.Rewritten(list =>
        {
            if (Settled.TryGetValue(list, out _))
            {
                return list;
            }

            while (Best(list, shapes) is { } run)
            {
                list = Folded(list, run);
            }

            Settled.Add(list, list);
            return list;
        });
    }

    private static Run? Best(IReadOnlyList<Entry> list, EntryShapes shapes)
    {
        if (list.Count < 2)
        {
            return null;
        }

        var exact = shapes.Exact(list);
        var lastReaders = LastReaders(list);
        Run? best = null;
        var most = 0;
        for (var length = 1; length <= Math.Min(list.Count / 2, LongestRound); length++)
        {
            var equal = 0;
            for (var i = list.Count - length - 1; i >= -1; i--)
            {
                if (i >= 0 && exact[i] == exact[i + length])
                {
                    equal++;
                    continue;
                }

                if (equal >= length)
                {
                    var run = new Run(i + 1, length, Math.Min((equal / length) + 1, MostRounds));
                    if (IsClosed(list, run, lastReaders) && Saved(list, run) is var saved && saved > most)
                    {
                        (best, most) = (run, saved);
                    }
                }

                equal = 0;
            }
        }

        return best;
    }

    /// <summary>Rounds read what stands before them and what is in them, and only the last entry is read from after them.</summary>
    private static bool IsClosed(IReadOnlyList<Entry> list, Run run, int[] lastReaders)
    {
        var before = run.Start == 0 ? Reference.ListInput : list[run.Start - 1].Output;
        for (var i = run.Start; i < run.End; i++)
        {
            if ((i + 1 - run.Start) % run.Length == 0 ? i + 1 < run.End && lastReaders[i] >= i + 1 + run.Length : lastReaders[i] >= run.Start + (((i - run.Start) / run.Length) + 1) * run.Length)
            {
                return false;
            }
        }

        return Cells.Of([.. list.Skip(run.Start).Take(run.Length)]).TrueForAll(cell => cell.Reference is not { } reference || cell.Text is not null || (reference.Parameter is null && reference.Output == before));
    }

    /// <summary>For each entry the last one of its list that reads it, itself or in a list within.</summary>
    public static int[] LastReaders(IReadOnlyList<Entry> list)
    {
        var places = new Dictionary<int, int>();
        var last = new int[list.Count];
        for (var i = 0; i < list.Count; i++)
        {
            foreach (var cell in Cells.Of(list[i]))
            {
                if (cell.Reference is { Parameter: null, Output: var output } && places.TryGetValue(output, out var place))
                {
                    last[place] = i;
                }
            }

            places[list[i].Output] = i;
            last[i] = i;
        }

        return last;
    }

    private static int Saved(IReadOnlyList<Entry> list, Run run)
    {
        const int Indent = 6;
        return Outline.LinesOf([.. list.Skip(run.Start).Take(run.Length * run.Count)], Indent) - Outline.LinesOf([Fold(list, run)], Indent);
    }

    private static IReadOnlyList<Entry> Folded(IReadOnlyList<Entry> list, Run run) => [.. list.Take(run.Start), Fold(list, run), .. list.Skip(run.End)];

    private static RepeatEntry Fold(IReadOnlyList<Entry> list, Run run)
    {
        var before = new Reference(run.Start == 0 ? Reference.ListInput : list[run.Start - 1].Output);
        var round = list.Skip(run.Start).Take(run.Length).ToList();
        var values = Cells.Of(round).Select(cell => cell.Reference is { } reference ? new Value(null, cell.Text is null ? Reference.Input : reference) : new Value(cell.Text)).ToList();
        return new RepeatEntry { Count = run.Count, Body = Cells.With(round, values), Output = list[run.End - 1].Output, Inputs = [before], Origin = list[run.End - 1].Origin };
    }

    private readonly record struct Run(int Start, int Length, int Count)
    {
        public int End => Start + (Length * Count);
    }
}
