using System.Text.Json;

namespace FashionCnn.Interchange.Keras;

/// <summary>A layer of a Keras model, nested models resolved.</summary>
/// <param name="Path">Its name, with those of the models around it: <c>stem/conv1</c>.</param>
/// <param name="Class">Its class: <c>Conv2D</c>.</param>
/// <param name="Config">Its settings.</param>
/// <param name="IsFrozen">A model around it is not trained, or it is not itself.</param>
/// <param name="Place">Where a .keras file keeps its tensors: <c>layers/conv2d_1</c>.</param>
/// <param name="Inputs">The layers that it reads, by their index in the list; <see cref="KerasGraph.Image"/> for the model's input.</param>
internal sealed record KerasLayer(string Path, string Class, JsonElement Config, bool IsFrozen, string Place, IReadOnlyList<int> Inputs)
{
    /// <summary>What the classes of operations begin with: <c>x + 3</c> is a layer of the class <c>ops.Add</c>.</summary>
    public const string Operation = "ops.";

    /// <summary>The number that an operation has besides what it reads; null for none.</summary>
    public double? Number { get; init; }

    /// <summary>The file says that it was built for vectors.</summary>
    public bool IsOfVector { get; init; }

    /// <summary>Its own name.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>As messages name it.</summary>
    public string Where => $"'{Path}' ({Class})";
}
