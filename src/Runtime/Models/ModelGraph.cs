namespace FashionCnn.Models;

/// <summary>A layer with the branches that it joins, as in a spec: only a merge has branches, and an empty one is the merge's input itself.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Branches">Lists of layers, each of which takes the output of what stands before the merge.</param>
public sealed record LayerNode(LayerInfo Layer, IReadOnlyList<IReadOnlyList<LayerNode>> Branches);

/// <summary>Which layer takes what, from a model's list of layers and its connections.</summary>
public sealed class ModelGraph
{
    private const int Image = -1;

    private readonly IReadOnlyList<LayerInfo> layers;
    private readonly int[][] inputs;

    /// <summary>Works out the graph of a model.</summary>
    public ModelGraph(ModelDescriptor model)
    {
        layers = model.Layers;
        var places = layers.Select((layer, place) => (layer.Name, place)).Append((LayerInputs.Image, Image)).ToDictionary();
        var connections = model.Connections.ToDictionary(connection => connection.Layer, connection => connection.Inputs);
        inputs = [.. layers.Select((layer, place) => connections.TryGetValue(layer.Name, out var names) ? names.Select(name => places[name]).ToArray() : [place - 1])];
    }

    /// <summary>The names of what a layer takes, in order; <see cref="LayerInputs.Image"/> for the model's input.</summary>
    /// <param name="layer">Its place in the list of layers.</param>
    public IReadOnlyList<string> InputsOf(int layer) => [.. inputs[layer].Select(place => place == Image ? LayerInputs.Image : layers[place].Name)];

    /// <summary>The layers one after the other, those of branches within the merge that joins them.</summary>
    public IReadOnlyList<LayerNode> Nodes() => Between(Image, layers.Count - 1, Forks());

    /// <summary>
    /// For each layer, the last one that every way from the image to it passes; for a merge, that is where its branches begin. A
    /// layer stands after its inputs, so that of two places the later one can be taken back until they meet.
    /// </summary>
    private int[] Forks()
    {
        var forks = new int[layers.Count];
        for (var i = 0; i < forks.Length; i++)
        {
            forks[i] = inputs[i].Aggregate((a, b) =>
            {
                while (a != b)
                {
                    (a, b) = a > b ? (forks[a], b) : (a, forks[b]);
                }

                return a;
            });
        }

        return forks;
    }

    private List<LayerNode> Between(int start, int end, int[] forks)
    {
        var nodes = new List<LayerNode>();
        for (var i = end; i != start; i = forks[i])
        {
            nodes.Add(new LayerNode(layers[i], inputs[i].Length == 1 ? [] : [.. inputs[i].Select(input => Between(forks[i], input, forks))]));
        }

        nodes.Reverse();
        return nodes;
    }
}
