namespace FashionCnn.Interchange.Keras;

/// <summary>
/// The order in which Keras has the layers of a functional model, whatever the order in its file: by the longest way to the output, then as they
/// are met from there. Weights are found by it, so a file must have them so.
/// </summary>
internal static class KerasLayerOrder
{
    /// <summary>Orders layers.</summary>
    /// <param name="inputs">What each layer reads, by its index, in order.</param>
    /// <param name="output">The layer that gives the model's output. Those that do not serve it are left out.</param>
    /// <returns>The indices of the layers.</returns>
    public static IReadOnlyList<int> Of(IReadOnlyList<IReadOnlyList<int>> inputs, int output)
    {
        var (met, finished) = Traverse(inputs, output);
        var depths = finished.ToDictionary(layer => layer, _ => 0);
        foreach (var layer in finished.AsEnumerable().Reverse())
        {
            foreach (var input in inputs[layer])
            {
                depths[input] = Math.Max(depths[input], depths[layer] + 1);
            }
        }

        return [.. finished.OrderByDescending(layer => depths[layer]).ThenBy(layer => met[layer])];
    }

    /// <summary>Goes from the output to what it reads: when each layer is met, and the layers in the order in which all that they read is done.</summary>
    private static (Dictionary<int, int> Met, List<int> Finished) Traverse(IReadOnlyList<IReadOnlyList<int>> inputs, int output)
    {
        var met = new Dictionary<int, int> { [output] = 0 };
        var finished = new List<int>();
        var open = new Stack<(int Layer, int Next)>([(output, 0)]);
        while (open.TryPop(out var place))
        {
            var (layer, next) = place;
            if (next == inputs[layer].Count)
            {
                finished.Add(layer);
                continue;
            }

            open.Push((layer, next + 1));
            var input = inputs[layer][next];
            if (met.TryAdd(input, met.Count))
            {
                open.Push((input, 0));
            }
        }

        return (met, finished);
    }
}
