using FashionCnn.Native;

namespace FashionCnn.Runs;

/// <summary>How to classify, where the defaults do not do.</summary>
public sealed record ClassifierOptions
{
    /// <summary>The name of each class, in the order of the class numbers. Null for those of the run that left the weights, or numbers where there is none.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>What to compute on.</summary>
    public DeviceChoice Device { get; init; }

    /// <summary>What to compute in: fp32, unless another is asked for.</summary>
    public PrecisionChoice Precision { get; init; } = PrecisionChoice.Fp32;

    /// <summary>
    /// Whether to invert pictures. Null for what suits the images that the model was trained on: those with a light background are inverted
    /// if the model takes gray images, as those of MNIST are, unless it was trained on a folder of pictures.
    /// </summary>
    public bool? Invert { get; init; }
}
