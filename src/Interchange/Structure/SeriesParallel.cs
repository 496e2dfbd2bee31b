namespace FashionCnn.Interchange.Structure;

/// <summary>
/// Writes a graph as lists of entries. Where ways part and meet again without anything else reading from between, they become a merge's
/// branches; what does not nest like that is put in an order in which layers that serve one layer alone stand together, and reads by name.
/// </summary>
internal sealed class SeriesParallel
{
    // Deeper, nobody could read it, and specs may not be.
    private const int MaxDepth = 4;

    private readonly Graph graph;
    private readonly List<int>[] readers;
    private readonly int[] dominators;
    private readonly Merging?[] merges;

    private SeriesParallel(Graph graph)
    {
        this.graph = graph;
        var count = graph.Nodes.Count;
        readers = new List<int>[count + 1];
        for (var i = 0; i <= count; i++)
        {
            readers[i] = [];
        }

        dominators = new int[count];
        merges = new Merging?[count];
        var depths = new int[count];
        for (var i = 0; i < count; i++)
        {
            var inputs = graph.Nodes[i].Inputs;
            foreach (var input in inputs)
            {
                readers[input + 1].Add(i);
            }

            dominators[i] = inputs.Aggregate((a, b) => Common(a, b, depths));
            depths[i] = Depth(dominators[i], depths) + 1;
        }

        // Of ways within ways the inner ones come first.
        for (var i = 0; i < count; i++)
        {
            if (graph.Nodes[i].Inputs.Count > 1)
            {
                merges[i] = Nested(i);
            }
        }
    }

    /// <summary>The layers as a list whose first entry reads the model's input.</summary>
    public static Outline Of(Graph graph)
    {
        var reduced = new SeriesParallel(graph);
        return new Outline([.. reduced.Order().Select(reduced.EntryOf)], [], graph.Nodes.Count);
    }

    private static int Depth(int node, int[] depths) => node < 0 ? 0 : depths[node];

    private int Common(int a, int b, int[] depths)
    {
        while (a != b)
        {
            if (Depth(a, depths) >= Depth(b, depths))
            {
                a = dominators[a];
            }
            else
            {
                b = dominators[b];
            }
        }

        return a;
    }

    /// <summary>A merge as branches; null when something else reads from between, or branches would be nested too deep.</summary>
    private Merging? Nested(int merge)
    {
        var fork = dominators[merge];
        var branches = new List<IReadOnlyList<Entry>>();
        var (edges, depth) = (0, 1);
        foreach (var input in graph.Nodes[merge].Inputs)
        {
            if (Branch(input, fork) is not { } branch)
            {
                return null;
            }

            branches.Add(branch.Entries);
            edges += branch.Edges;
            depth = Math.Max(depth, branch.Depth + 1);
        }

        return depth <= MaxDepth && branches.Any(branch => branch.Count > 0) ? new Merging(branches, edges, depth) : null;
    }

    private (IReadOnlyList<Entry> Entries, int Edges, int Depth)? Branch(int last, int fork)
    {
        var nodes = new List<int>();
        // So many readers a node has within the branch.
        var (expected, depth) = (1, 0);
        for (var node = last; node != fork; node = dominators[node])
        {
            if (readers[node + 1].Count != expected)
            {
                return null;
            }

            nodes.Add(node);
            expected = 1;
            if (graph.Nodes[node].Inputs.Count > 1)
            {
                if (merges[node] is not { } inner)
                {
                    return null;
                }

                expected = inner.Edges;
                depth = Math.Max(depth, inner.Depth);
            }
        }

        nodes.Reverse();
        return ([.. nodes.Select((node, i) => i == 0 ? EntryOf(node) with { Inputs = [Reference.Input] } : EntryOf(node))], expected, depth);
    }

    private LayerEntry EntryOf(int index)
    {
        var node = graph.Nodes[index];
        IReadOnlyList<int> inputs = merges[index] is null ? node.Inputs : [dominators[index]];
        return new LayerEntry
        {
            Kind = node.Kind,
            Settings = [.. node.Settings.Select(text => new Value(text))],
            Output = index,
            Inputs = [.. inputs.Select(input => new Reference(input))],
            Origin = node.Name,
            Branches = merges[index]?.Branches ?? [],
        };
    }

    /// <summary>The nodes that are not in branches, in an order in which each stands after what it reads.</summary>
    private List<int> Order()
    {
        var output = graph.Nodes.Count - 1;
        var sources = new Dictionary<int, IReadOnlyList<int>>();
        var waiting = new Stack<int>([output]);
        while (waiting.Count > 0)
        {
            var node = waiting.Pop();
            if (node < 0 || sources.ContainsKey(node))
            {
                continue;
            }

            sources[node] = merges[node] is null ? [.. graph.Nodes[node].Inputs.Distinct()] : [dominators[node]];
            foreach (var source in sources[node])
            {
                waiting.Push(source);
            }
        }

        return ServiceOrder.Of(sources, output);
    }

    /// <param name="Branches">Its branches.</param>
    /// <param name="Edges">How often they read where they part.</param>
    /// <param name="Depth">How deep merges are nested in it, itself included.</param>
    private sealed record Merging(IReadOnlyList<IReadOnlyList<Entry>> Branches, int Edges, int Depth);
}
