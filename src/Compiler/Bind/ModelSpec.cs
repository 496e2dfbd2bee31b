using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Bind;

/// <summary>A spec after binding: names resolved, blocks and repetitions expanded, every value of its key's type and range.</summary>
internal sealed record ModelSpec
{
    /// <summary>The file name without extension: the model's name on the command line.</summary>
    public required string Id { get; init; }

    /// <summary>The class name; null when none could be made.</summary>
    public required string? ClassName { get; init; }

    /// <summary>Where the class name is written, or the opening bracket when the file name gives it.</summary>
    public required TextSpan ClassNameSpan { get; init; }

    public required string Description { get; init; }

    /// <summary>Null when it is missing or faulty.</summary>
    public required Shape? Input { get; init; }

    public required EquatableArray<LayerSpec> Layers { get; init; }

    public required TrainingSpec Training { get; init; }

    /// <summary>Where the weights of the classes are written; the opening bracket when they are not.</summary>
    public required TextSpan ClassWeightsSpan { get; init; }

    /// <summary>Where messages about the model as a whole point.</summary>
    public required TextSpan Start { get; init; }
}
