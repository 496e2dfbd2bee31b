using FashionCnn.Models;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine.Study;

/// <summary>A network that is meant to beat the study's, and what it came to.</summary>
/// <param name="Model">The model.</param>
/// <param name="Challenge">What it is meant to reach.</param>
/// <param name="Runs">Its finished runs, one of each seed, the lowest seed first; none when it has not been trained.</param>
internal sealed record ChallengerRow(ModelDescriptor Model, Challenge Challenge, IReadOnlyList<RunRecord> Runs) : ModelRow(Model, Runs)
{
    /// <summary>What makes its runs others than those that the aims are about: with all images, for the epochs of the network's spec.</summary>
    public IEnumerable<string> Differences =>
        Runs.SelectMany(run => PublishedResult.Differences(run.Configuration, run.Result, Model.Training.Epochs, $"{Model.Id}'s")).Distinct();

    /// <summary>There are as many runs as the mean is judged by.</summary>
    public bool IsJudged => Runs.Count >= Challenge.Seeds;

    /// <summary>Whether the mean accuracy is as high as is aimed at.</summary>
    public bool MeetsAccuracyAim => TestAccuracy >= Challenge.TestAccuracy - Rounding;

    /// <summary>The time of its training in seconds at a measured speed, evaluation not counted; null when it was not measured or not trained.</summary>
    public double? Seconds(IReadOnlyDictionary<string, MeasuredSpeed> speeds) =>
        IsTrained && speeds.TryGetValue(Model.Id, out var speed) ? speed.Seconds(First.Result.Epochs, First.Result.TrainImages) : null;

    /// <summary>That time as a share of the time of the study's model; null unless both were measured on the same machine in the same way.</summary>
    public double? TimeShare(IReadOnlyDictionary<string, MeasuredSpeed> speeds) =>
        Seconds(speeds) is { } seconds && speeds.TryGetValue(Challenge.Against, out var other) && other.IsOfSameMachine(speeds[Model.Id])
            ? seconds / other.Seconds(PublishedResult.Epochs, PublishedResult.TrainImages)
            : null;
}
