using FashionCnn.Data;
using FashionCnn.Models;

namespace FashionCnn.Training;

/// <summary>All that is needed to continue a run as if it had never stopped, the tensors aside.</summary>
internal sealed record Checkpoint
{
    /// <summary>The model's id.</summary>
    public required string Model { get; init; }

    /// <summary>Which network it is.</summary>
    public required string ArchitectureFingerprint { get; init; }

    /// <summary>A line for each of its layers, so that a difference can be named.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>The layers that training leaves as they are.</summary>
    public IReadOnlyList<string> Frozen { get; init => field = value ?? []; } = [];

    /// <summary>What weights add to the loss; null in checkpoints from before it was recorded.</summary>
    public IReadOnlyList<string>? Regularizers { get; init; }

    /// <summary>What decides how the run goes.</summary>
    public required RunSettings Settings { get; init; }

    /// <summary>The images, so that the run goes on with the same ones.</summary>
    public required DataReference Data { get; init; }

    /// <summary>Where training stands.</summary>
    public required TrainingState State { get; init; }

    /// <summary>When the run started, and what was changed since.</summary>
    public required RunOrigin Origin { get; init; }

    /// <summary>A line for each layer of a model.</summary>
    public static IReadOnlyList<string> Describe(ModelDescriptor model) =>
        [.. model.Layers.Select(layer => $"{layer.Name} ({string.Join(' ', new[] { layer.Kind, layer.Settings }.Where(text => text.Length > 0))}, {layer.OutputShape})")];

    /// <summary>The layers of a model that training leaves as they are.</summary>
    public static IReadOnlyList<string> FrozenOf(ModelDescriptor model) => [.. model.Layers.Where(layer => layer.IsFrozen).Select(layer => layer.Name)];

    /// <summary>What weights of a model add to the loss, a line for each.</summary>
    public static IReadOnlyList<string> RegularizersOf(ModelDescriptor model) =>
        [.. model.Regularizers.Select(regularizer => FormattableString.Invariant($"{regularizer.Weight} (l1 {regularizer.L1}, l2 {regularizer.L2})"))];

    /// <summary>Whether a model can go on from here.</summary>
    /// <exception cref="InputException">It is another network, or other layers of it are frozen, or its regularizers are others; the message says which.</exception>
    public void CheckFits(ModelDescriptor model)
    {
        // Frozen layers and regularizers are no part of the network, but of the run.
        var isSame = ArchitectureFingerprint == model.ArchitectureFingerprint;
        var (frozen, regularizers) = (FrozenOf(model), RegularizersOf(model));
        if (isSame && Frozen.SequenceEqual(frozen) && (Regularizers is null || Regularizers.SequenceEqual(regularizers)))
        {
            return;
        }

        var layers = Describe(model);
        var place = Enumerable.Range(0, Math.Max(Layers.Count, layers.Count)).FirstOrDefault(i => Layers.ElementAtOrDefault(i) != layers.ElementAtOrDefault(i), -1);
        var difference = isSame && !Frozen.SequenceEqual(frozen) ? $"the run's frozen layers are {Names(Frozen)}, the model's {Names(frozen)}"
            : isSame ? $"the run's regularizers are {Names(Regularizers ?? [])}, the model's {Names(regularizers)}"
            : place < 0
            ? "settings of its layers differ"
            : $"its layer {place + 1} is {Layers.ElementAtOrDefault(place) ?? "missing"}, the model's {layers.ElementAtOrDefault(place) ?? "missing"}";
        throw new InputException($"The checkpoint of {Model} does not fit {model.Id}: {difference}. Restore the spec that the run was started with, or start a new run.");

        static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
    }
}
