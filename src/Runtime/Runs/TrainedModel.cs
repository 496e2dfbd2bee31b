using FashionCnn.Models;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>What training came to. To be disposed, with its classifier.</summary>
public sealed class TrainedModel : IDisposable
{
    internal TrainedModel(Classifier classifier, TrainingOutcome outcome, TakenWeights? taken)
    {
        (Classifier, History, Final) = (classifier, outcome.History, outcome.Final);
        (WasCanceled, StoppedEarly) = (outcome.Canceled, outcome.StoppedEarly);
        FreshTensors = [.. (taken?.Differences ?? []).Where(difference => difference.There is not null).Select(difference => difference.Name)];
    }

    /// <summary>Classifies with the weights that training ended with, in the precision of the training.</summary>
    public Classifier Classifier { get; }

    /// <summary>The finished epochs.</summary>
    public IReadOnlyList<EpochRecord> History { get; }

    /// <summary>The epoch whose weights the model has: the last one, or the best one where held-out images chose it. Null when none was finished.</summary>
    public EpochRecord? Final { get; }

    /// <summary>Training was canceled. The weights are those of the last step.</summary>
    public bool WasCanceled { get; }

    /// <summary>The held-out images no longer got better, so training ended before the last epoch.</summary>
    public bool StoppedEarly { get; }

    /// <summary>The model's tensors that were not taken from <see cref="TrainingOptions.Weights"/>, because the file has none of that name, shape and type; empty without a file.</summary>
    public IReadOnlyList<string> FreshTensors { get; }

    /// <inheritdoc/>
    public void Dispose() => Classifier.Dispose();
}
