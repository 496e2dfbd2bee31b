using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>Watches the held-out images: keeps the best epoch and its weights, and says when to stop.</summary>
internal sealed class EarlyStopping(EarlyStoppingSettings settings) : IDisposable
{
    private readonly Dictionary<string, Tensor> weights = [];
    private double best = double.PositiveInfinity;
    private int epochsWithout;

    /// <summary>The epoch that did best so far.</summary>
    public EpochRecord? Best { get; private set; }

    /// <summary>Takes an epoch into account; true when training is to stop.</summary>
    public bool Observe(EpochRecord epoch, ImageClassifier model)
    {
        // Smaller is better for both.
        var value = settings.Monitor == "val_accuracy" ? -epoch.ValidationAccuracy!.Value : epoch.ValidationLoss!.Value;
        if (value < best - settings.MinDelta)
        {
            best = value;
            Best = epoch;
            epochsWithout = 0;
            Keep(model);
            return false;
        }

        return ++epochsWithout > settings.Patience;
    }

    /// <summary>Gives the model the best epoch's weights, if that is asked for.</summary>
    /// <returns>The epoch whose weights the model has now; null when it keeps its own.</returns>
    public EpochRecord? Restore(ImageClassifier model)
    {
        if (!settings.RestoreBestWeights || Best is null)
        {
            return null;
        }

        using var guard = no_grad();
        foreach (var (name, tensor) in model.state_dict())
        {
            tensor.copy_(weights[name]);
        }

        return Best;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in weights.Values)
        {
            tensor.Dispose();
        }
    }

    private void Keep(ImageClassifier model)
    {
        if (!settings.RestoreBestWeights)
        {
            return;
        }

        foreach (var (name, tensor) in model.state_dict())
        {
            if (weights.Remove(name, out var old))
            {
                old.Dispose();
            }

            weights[name] = tensor.detach().clone();
        }
    }
}
