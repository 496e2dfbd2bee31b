using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Interchange.Structure;

/// <summary>A layer of a graph that is to become a spec.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Settings">For each key of the kind's table the value as JSON; null where it is not written.</param>
/// <param name="Inputs">The nodes that it reads, by index; <see cref="Image"/> for the model's input.</param>
/// <param name="Name">What it is called where it came from.</param>
/// <param name="Origins">The layers of the other program that it stands for, the one with the tensors first.</param>
internal sealed record Node(LayerKind Kind, EquatableArray<string?> Settings, IReadOnlyList<int> Inputs, string Name, IReadOnlyList<string> Origins)
{
    /// <summary>Stands for the model's input.</summary>
    public const int Image = -1;

    public string? Find(Key key) => Kind.Table.IndexOf(key) is >= 0 and var index ? Settings[index] : null;
}

/// <summary>Layers, each after those that it reads, and the one that gives the output, which is the last.</summary>
internal sealed record Graph(IReadOnlyList<Node> Nodes);
