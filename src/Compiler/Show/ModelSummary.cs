using FashionCnn.Models;

namespace FashionCnn.Reporting.Architecture;

/// <summary>A model in numbers, for programs.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Class">The class that the spec became.</param>
/// <param name="Description">The spec's description.</param>
/// <param name="InputShape">Height, width and channels of an image.</param>
/// <param name="Classes">How many classes the model tells apart.</param>
/// <param name="Layers">The layers in the order in which an image passes them.</param>
/// <param name="Parameters">All parameters, moving means and variances included.</param>
/// <param name="TrainableParameters">Those that training changes by gradient.</param>
/// <param name="NonTrainableParameters">Moving means and variances.</param>
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
    /// <summary>Sums a model up.</summary>
    public static ModelSummary Of(ModelDescriptor model)
    {
        var graph = new ModelGraph(model);
        return new ModelSummary(
            model.Id,
            model.Name,
            model.Description,
            [model.Input.Height, model.Input.Width, model.Input.Channels],
            model.Classes,
            [.. model.Layers.Select((layer, place) => LayerSummary.Of(layer, graph.InputsOf(place)))],
            model.TotalParameters,
            model.TrainableParameters,
            model.TotalParameters - model.TrainableParameters,
            model.MultiplyAccumulates,
            model.ArchitectureFingerprint,
            model.Notes);
    }
}

/// <summary>A layer in numbers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its type in the spec.</param>
/// <param name="Settings">The settings that shape it; empty when there are none.</param>
/// <param name="Inputs">The layers whose outputs it takes; <see cref="LayerInputs.Image"/> for the model's input.</param>
/// <param name="OutputShape">Height, width and channels, or the length of a vector.</param>
/// <param name="Parameters">All its parameters.</param>
/// <param name="NonTrainableParameters">Its moving means and variances.</param>
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
    internal static LayerSummary Of(LayerInfo layer, IReadOnlyList<string> inputs) => new(
        layer.Name,
        layer.Kind,
        layer.Settings,
        inputs,
        [.. layer.OutputShape.Split('x').Select(size => long.Parse(size, System.Globalization.CultureInfo.InvariantCulture))],
        layer.Parameters,
        layer.NonTrainableParameters,
        layer.MultiplyAccumulates);
}
