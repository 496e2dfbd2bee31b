namespace FashionCnn.Models;

/// <summary>One layer of a model as the compiler worked it out, for tables and for comparing architectures.</summary>
/// <param name="Name">The layer's name and the prefix of its keys in the state dict, such as <c>conv1</c>.</param>
/// <param name="Kind">The layer's type in the spec, such as <c>Conv2D</c>.</param>
/// <param name="Family">What it does, roughly.</param>
/// <param name="Settings">The settings that shape it, such as <c>3x3 same relu</c>; empty when there are none.</param>
/// <param name="Inputs">The layers whose outputs it takes, in order; <see cref="Image"/> for the model's input.</param>
/// <param name="OutputShape">Its output for one image.</param>
/// <param name="Parameters">All its parameters, those not trained included.</param>
/// <param name="NonTrainableParameters">Those that training does not change by gradient: moving means and variances; all of them when the layer is frozen.</param>
/// <param name="MultiplyAccumulates">Multiply-accumulates per image of convolutions and dense layers; bias not counted.</param>
public sealed record LayerInfo(
    string Name,
    string Kind,
    LayerFamily Family,
    string Settings,
    IReadOnlyList<string> Inputs,
    LayerShape OutputShape,
    long Parameters,
    long NonTrainableParameters,
    long MultiplyAccumulates)
{
    /// <summary>Stands for the model's input. No layer can be called so.</summary>
    public const string Image = "input image";

    /// <summary>Training changes nothing of it. Batch normalization then normalizes by its moving mean and variance in training too.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Both say the same.</summary>
    public bool Equals(LayerInfo? other) =>
        other is not null
        && (Name, Kind, Family, Settings, OutputShape, Parameters, NonTrainableParameters, MultiplyAccumulates, IsFrozen)
            == (other.Name, other.Kind, other.Family, other.Settings, other.OutputShape, other.Parameters, other.NonTrainableParameters, other.MultiplyAccumulates, other.IsFrozen)
        && Inputs.SequenceEqual(other.Inputs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Kind, Settings, OutputShape, Parameters);
}
