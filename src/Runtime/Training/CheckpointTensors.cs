using FashionCnn.Models;
using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>The tensors of a checkpoint: which a run writes, and whether those of a file are all that it needs.</summary>
internal static class CheckpointTensors
{
    /// <summary>All that a run keeps.</summary>
    public static IReadOnlyList<KeyValuePair<string, Tensor>> Of(ImageClassifier model, WeightUpdate update, ModelSnapshot? best) =>
    [
        .. Named(CheckpointFile.Model, model.state_dict()),
        .. Named(CheckpointFile.Best, best?.Tensors ?? new Dictionary<string, Tensor>()),
        .. Named(CheckpointFile.Optimizer, update.Slots),
        .. Named(CheckpointFile.Average, update.Averages),
    ];

    /// <summary>Checks a file before anything is changed: a model half restored is worse than none.</summary>
    /// <exception cref="InputException">A tensor is missing, has another shape or type, belongs to nothing or is not finite.</exception>
    public static void Check(CheckpointFile checkpoint, ImageClassifier model, WeightUpdate update)
    {
        using var scope = NewDisposeScope();
        var stored = checkpoint.File.Tensors;
        var expected = Of(model, update, best: null).ToDictionary();
        if (checkpoint.Content.State.Best is not null)
        {
            foreach (var (name, tensor) in model.state_dict())
            {
                expected.Add(CheckpointFile.Best + name, tensor);
            }
        }

        foreach (var (name, like) in expected)
        {
            if (!stored.TryGetValue(name, out var tensor) || tensor.Type != like.dtype || !tensor.Shape.SequenceEqual(like.shape))
            {
                throw new InputException($"{checkpoint.File.Path}: the checkpoint's {name} is {(tensor is null ? "missing" : tensor.ShapeText)}, the model needs {string.Join('x', like.shape)}. Start a new run.");
            }
        }

        if (stored.Keys.FirstOrDefault(name => !expected.ContainsKey(name)) is { } surplus)
        {
            throw new InputException($"{checkpoint.File.Path}: the checkpoint has {surplus}, which this model and its optimizer do not have. Start a new run.");
        }

        foreach (var name in stored.Keys)
        {
            checkpoint.File.CheckFinite(name, "Start a new run, with a smaller learning rate.");
        }
    }

    /// <summary>Takes the tensors of a file that has been found to fit.</summary>
    public static void Restore(CheckpointFile checkpoint, ImageClassifier model, WeightUpdate update)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var (name, target) in Of(model, update, best: null))
        {
            checkpoint.File.ReadInto(name, target);
        }

        model.RefreshCopies();
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Named(string prefix, IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        tensors.Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value));
}
