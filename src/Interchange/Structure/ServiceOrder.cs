namespace FashionCnn.Interchange.Structure;

/// <summary>
/// Orders nodes so that each stands after what it reads and those that serve one node alone stand directly before it: the layers of a cell
/// stay together, even if cells read across each other.
/// </summary>
internal sealed class ServiceOrder
{
    private readonly Dictionary<int, IReadOnlyList<int>> sources;
    private readonly Dictionary<int, List<int>> readers = [];
    private readonly Dictionary<int, int> served = [];
    private readonly Dictionary<int, List<int>> serving = [];
    private readonly Dictionary<int, int> lengths = [];
    private readonly List<int> order = [];

    private ServiceOrder(Dictionary<int, IReadOnlyList<int>> sources) => this.sources = sources;

    /// <param name="sources">What each node reads; those that are no keys are left out.</param>
    /// <param name="output">The node that all others serve.</param>
    public static List<int> Of(Dictionary<int, IReadOnlyList<int>> sources, int output)
    {
        var ordered = new ServiceOrder(sources);
        ordered.FindServed(output);
        ordered.Write(output);
        return ordered.order;
    }

    /// <summary>Finds for each node the nearest one by way of which all that reads it reaches the output, and the longest way to there.</summary>
    private void FindServed(int output)
    {
        foreach (var (node, read) in sources)
        {
            foreach (var source in read.Where(sources.ContainsKey))
            {
                (readers.TryGetValue(source, out var list) ? list : readers[source] = []).Add(node);
            }
        }

        // Indices grow along every way, so the last one comes first.
        var depths = new Dictionary<int, int> { [output] = 0 };
        lengths[output] = 0;
        foreach (var node in sources.Keys.OrderDescending().Where(node => node != output))
        {
            var target = readers[node][0];
            foreach (var reader in readers[node].Skip(1))
            {
                var other = reader;
                while (target != other)
                {
                    if (depths[target] >= depths[other])
                    {
                        target = served[target];
                    }
                    else
                    {
                        other = served[other];
                    }
                }
            }

            served[node] = target;
            depths[node] = depths[target] + 1;
            lengths[node] = readers[node].Max(reader => lengths[reader]) + 1;
            (serving.TryGetValue(target, out var list) ? list : serving[target] = []).Add(node);
        }
    }

    private void Write(int root)
    {
        // A chain has no choice, and may be long.
        var chain = new Stack<int>();
        chain.Push(root);
        while (serving.TryGetValue(chain.Peek(), out var only) && only.Count == 1)
        {
            chain.Push(only[0]);
        }

        if (serving.TryGetValue(chain.Peek(), out var parts))
        {
            WriteParts(chain.Peek(), parts);
        }

        order.AddRange(chain);
    }

    /// <summary>Writes the nodes that serve <paramref name="root"/>, each with those that serve it: whatever is farthest from the output comes first.</summary>
    private void WriteParts(int root, List<int> parts)
    {
        var waits = parts.ToDictionary(part => part, _ => 0);
        var follows = parts.ToDictionary(part => part, _ => new List<int>());
        foreach (var part in parts)
        {
            foreach (var reader in readers[part])
            {
                var other = reader;
                while (other != root && served[other] != root)
                {
                    other = served[other];
                }

                if (other != root && other != part)
                {
                    follows[part].Add(other);
                    waits[other]++;
                }
            }
        }

        var ready = new PriorityQueue<int, (int Length, int Index)>();
        foreach (var part in parts.Where(part => waits[part] == 0))
        {
            ready.Enqueue(part, (-lengths[part], part));
        }

        while (ready.TryDequeue(out var part, out _))
        {
            Write(part);
            foreach (var next in follows[part])
            {
                if (--waits[next] == 0)
                {
                    ready.Enqueue(next, (-lengths[next], next));
                }
            }
        }
    }
}
