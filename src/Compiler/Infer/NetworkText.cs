using System.Text;
using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Infer;

/// <summary>
/// A network as a text that does not depend on how the spec joins its layers, by branches or by names: where branches can say it, the
/// layers one after the other, and a merge with its branches in brackets; otherwise each layer with its inputs, in the order of the names.
/// </summary>
internal sealed class NetworkText
{
    private readonly IReadOnlyList<ListedLayer> layers;
    private readonly Action<PlannedLayer, StringBuilder> append;
    private readonly Dictionary<string, ListedLayer> byName;

    /// <summary>The last layer that every way from the image to a layer passes, and how many such layers there are.</summary>
    private readonly Dictionary<string, (string Name, int Depth)> forks = [];

    private int steps;
    private int written;

    private NetworkText(IReadOnlyList<ListedLayer> layers, Action<PlannedLayer, StringBuilder> append)
    {
        this.layers = layers;
        this.append = append;
        byName = layers.ToDictionary(listed => listed.Layer.Name);
    }

    private bool IsTooLong => steps > layers.Count;

    /// <param name="layers">The layers, each after those that it reads.</param>
    /// <param name="append">Writes a layer without its inputs.</param>
    public static string Of(IReadOnlyList<ListedLayer> layers, Action<PlannedLayer, StringBuilder> append)
    {
        var network = new NetworkText(layers, append);
        var text = new StringBuilder();
        return network.TryFindForks() && network.TryNest(layers[layers.Count - 1].Layer.Name, PlannedLayer.ImageName, 0, text) && network.written == layers.Count
            ? text.ToString()
            : network.List();
    }

    /// <summary>Finds the forks. In branches no layer is passed twice on the way; where one is, there are no branches that say it, and the work ends.</summary>
    private bool TryFindForks()
    {
        forks.Add(PlannedLayer.ImageName, (PlannedLayer.ImageName, 0));
        foreach (var (layer, inputs) in layers)
        {
            var fork = inputs.Aggregate(CommonFork);
            forks.Add(layer.Name, (fork, forks[fork].Depth + 1));
            if (IsTooLong)
            {
                return false;
            }
        }

        return true;
    }

    private string CommonFork(string a, string b)
    {
        // A merge may name so many values that its own steps must be bounded too.
        while (a != b && !IsTooLong)
        {
            steps++;
            if (forks[a].Depth >= forks[b].Depth)
            {
                a = forks[a].Name;
            }
            else
            {
                b = forks[b].Name;
            }
        }

        return a;
    }

    /// <summary>Writes the layers after one value up to another. False when some layer is met twice, or the way does not lead back.</summary>
    private bool TryNest(string end, string start, int depth, StringBuilder text)
    {
        if (depth > EntryBinder.MaxDepth)
        {
            // No branches can be nested so deeply.
            return false;
        }

        var chain = new Stack<ListedLayer>();
        for (var name = end; name != start;)
        {
            if (!byName.TryGetValue(name, out var listed) || ++written > layers.Count)
            {
                return false;
            }

            chain.Push(listed);
            name = forks[name].Name;
        }

        foreach (var (layer, inputs) in chain)
        {
            append(layer, text);
            text.Append('\n');
            if (inputs.Count == 1)
            {
                continue;
            }

            foreach (var input in inputs)
            {
                text.Append("[\n");
                if (!TryNest(input, forks[layer.Name].Name, depth + 1, text))
                {
                    return false;
                }

                text.Append("]\n");
            }
        }

        return true;
    }

    private string List()
    {
        var text = new StringBuilder();
        foreach (var (layer, inputs) in layers.OrderBy(listed => listed.Layer.Name, StringComparer.Ordinal))
        {
            append(layer, text);
            text.Append(" <- ").Append(Text.List(inputs)).Append('\n');
        }

        return text.ToString();
    }
}
