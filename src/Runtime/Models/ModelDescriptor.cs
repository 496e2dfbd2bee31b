namespace FashionCnn.Models;

/// <summary>Everything the compiler knows of one model, and how to make it. Each generated class has one.</summary>
public sealed record ModelDescriptor
{
    /// <summary>The name on the command line: the spec's file name without extension, such as <c>model3</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The class name, such as <c>Model3</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The spec's description; empty when it has none.</summary>
    public required string Description { get; init; }

    /// <summary>The shape of one input image.</summary>
    public required ImageShape Input { get; init; }

    /// <summary>The number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>All parameters, moving means and variances included.</summary>
    public required long TotalParameters { get; init; }

    /// <summary>The parameters that training changes by gradient.</summary>
    public required long TrainableParameters { get; init; }

    /// <summary>Multiply-accumulates per image of convolutions and dense layers.</summary>
    public required long MultiplyAccumulates { get; init; }

    /// <summary>The layers in the order in which an image passes them, those of branches before the merge that joins them.</summary>
    public required IReadOnlyList<LayerInfo> Layers { get; init; }

    /// <summary>Training draws random numbers in some layer: dropout, augmentation.</summary>
    internal bool DrawsRandomNumbers => Layers.Any(layer => layer.Family == LayerFamily.Dropout || layer.Kind.StartsWith("Random", StringComparison.Ordinal));

    /// <summary>What weights add to the loss that is trained.</summary>
    public IReadOnlyList<WeightRegularizer> Regularizers { get; init; } = [];

    /// <summary>How the spec says to train the model.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>What the compiler noticed: probable mistakes that a build does not show.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Equal for two specs exactly when they describe the same network.</summary>
    public required string ArchitectureFingerprint { get; init; }

    /// <summary>Equal for two specs exactly when they are trained alike.</summary>
    public required string TrainingFingerprint { get; init; }

    /// <summary>The spec's text, as the compiler read it: code that needs more of the network compiles it again.</summary>
    public required string Spec { get; init; }

    /// <summary>The file that the model was compiled from while the program runs; null for a class of the program.</summary>
    public string? SpecFile { get; init; }

    /// <summary>Whether there is anything to train.</summary>
    /// <exception cref="InputException">All layers with weights are frozen, or there are none.</exception>
    internal void CheckTrainable()
    {
        if (TrainableParameters == 0)
        {
            throw new InputException(TotalParameters == 0
                ? $"{Id} has no weights to train. Add a layer with weights to its spec, such as Dense."
                : $"{Id} has nothing to train: every layer with weights is frozen. Remove \"trainable\": false from at least one of them in its spec.");
        }
    }

    /// <summary>Makes the model with fresh weights, drawn from Torch's current random-number state.</summary>
    public required Func<ImageClassifier> Create { get; init; }
}
