using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Storage;

namespace FashionCnn.Training;

/// <summary>All that is needed to go on with a run as if it had never stopped.</summary>
public sealed record Checkpoint
{
    /// <summary>The model's id.</summary>
    public required string Model { get; init; }

    /// <summary>Which network it is.</summary>
    public required string ArchitectureFingerprint { get; init; }

    /// <summary>Its layers, so that a difference can be named.</summary>
    public required IReadOnlyList<LayerInfo> Layers { get; init; }

    /// <summary>What decides how the run goes.</summary>
    public required RunSettings Settings { get; init; }

    /// <summary>The images, so that the run goes on with the same ones.</summary>
    public required DataReference Data { get; init; }

    /// <summary>Where training stands.</summary>
    public required TrainingState State { get; init; }

    /// <summary>The weights and moving statistics.</summary>
    public required IReadOnlyDictionary<string, StoredTensor> Weights { get; init; }

    /// <summary>Those of the best epoch on the held-out images; empty when none are held out.</summary>
    public required IReadOnlyDictionary<string, StoredTensor> BestWeights { get; init; }

    /// <summary>What the optimizer carries from step to step, as Torch writes it.</summary>
    public required byte[] Optimizer { get; init; }

    /// <summary>Whether a model can go on from here.</summary>
    /// <exception cref="InputException">It is another network; the message names the first layer that differs.</exception>
    public void CheckFits(ModelDescriptor model)
    {
        if (ArchitectureFingerprint == model.ArchitectureFingerprint)
        {
            return;
        }

        var place = Enumerable.Range(0, Math.Max(Layers.Count, model.Layers.Count)).FirstOrDefault(i => Layers.ElementAtOrDefault(i) != model.Layers.ElementAtOrDefault(i), -1);
        var difference = place < 0
            ? "settings of its layers differ"
            : $"its layer {place + 1} is {Describe(Layers.ElementAtOrDefault(place))}, the model's {Describe(model.Layers.ElementAtOrDefault(place))}";
        throw new InputException($"The checkpoint of {Model} does not fit {model.Id}: {difference}. Restore the spec that the run was started with, or start a new run.");
    }

    private static string Describe(LayerInfo? layer) =>
        layer is null ? "missing" : $"{layer.Name} ({string.Join(' ', new[] { layer.Kind, layer.Settings }.Where(text => text.Length > 0))}, {layer.OutputShape})";
}
