using FashionCnn.Compiler.Infer;

namespace FashionCnn.Compiler.Show;

/// <summary>A model in numbers, for programs.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Class">The class that the spec became.</param>
/// <param name="Description">The spec's description.</param>
/// <param name="InputShape">Height, width and channels of an image.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="Layers">The layers in the order in which an image passes them.</param>
/// <param name="Parameters">All parameters, moving means and variances included.</param>
/// <param name="TrainableParameters">Those that training changes by gradient.</param>
/// <param name="NonTrainableParameters">Moving means and variances, and all those of frozen layers.</param>
/// <param name="MultiplyAccumulates">Multiply-accumulates per image of convolutions and dense layers.</param>
/// <param name="ArchitectureFingerprint">Which network it is.</param>
/// <param name="Notes">What the compiler noticed.</param>
public sealed record ModelSummary(
    string Model,
    string Class,
    string Description,
    IReadOnlyList<int> InputShape,
    int Classes,
    IReadOnlyList<LayerSummary> Layers,
    long Parameters,
    long TrainableParameters,
    long NonTrainableParameters,
    long MultiplyAccumulates,
    string ArchitectureFingerprint,
    IReadOnlyList<string> Notes)
{
    internal static ModelSummary Of(ModelPlan model, NetworkPlan network) => new(
        model.Id,
        model.ClassName,
        model.Description,
        [(int)network.Input.Height, (int)network.Input.Width, (int)network.Input.Channels],
        network.Classes,
        [.. LayerListing.Of(network).Select(LayerSummary.Of)],
        network.Counts.Parameters,
        network.Counts.Parameters - network.Counts.NonTrainable,
        network.Counts.NonTrainable,
        network.Counts.MultiplyAccumulates,
        Fingerprint.OfArchitecture(network),
        network.Notes);
}

/// <summary>A layer in numbers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its type in the spec.</param>
/// <param name="Settings">The settings that shape it; empty when there are none.</param>
/// <param name="Inputs">The layers whose outputs it takes; <c>input image</c> for the model's input.</param>
/// <param name="OutputShape">Height, width and channels, or the length of a vector.</param>
/// <param name="Parameters">All its parameters.</param>
/// <param name="NonTrainableParameters">Its moving means and variances; all of them when it is frozen.</param>
/// <param name="MultiplyAccumulates">Multiply-accumulates per image.</param>
public sealed record LayerSummary(
    string Name,
    string Kind,
    string Settings,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<long> OutputShape,
    long Parameters,
    long NonTrainableParameters,
    long MultiplyAccumulates)
{
    internal static LayerSummary Of(ListedLayer listed) => new(
        listed.Layer.Name,
        listed.Layer.Kind.Type,
        listed.Layer.Label,
        listed.Inputs,
        listed.Layer.Output is { IsImage: true } image ? [image.Height, image.Width, image.Channels] : [listed.Layer.Output.Channels],
        listed.Layer.Counts.Parameters,
        listed.Layer.Counts.NonTrainable,
        listed.Layer.Counts.MultiplyAccumulates);
}
