using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Training;

namespace FashionCnn.CommandLine.Study;

/// <summary>A model of the study beside what it came to here.</summary>
/// <param name="Model">The model.</param>
/// <param name="Published">Its row in the study's table.</param>
/// <param name="Runs">Its finished runs, one of each seed, the lowest seed first; none when it has not been trained.</param>
internal sealed record StudyRow(ModelDescriptor Model, PublishedResult Published, IReadOnlyList<RunRecord> Runs) : ModelRow(Model, Runs)
{
    /// <summary>How far the accuracy may be from the published one.</summary>
    public const double AccuracyAim = 0.005;

    /// <summary>How far the loss may be from the published one.</summary>
    public const double LossAim = 0.08;

    /// <summary>The convolutions and dense layers, which is how deep a network is.</summary>
    public int Depth => Model.Layers.Count(layer => layer.MultiplyAccumulates > 0);

    /// <summary>What makes its runs not comparable with the study's.</summary>
    public IEnumerable<string> Differences => Runs.SelectMany(run => PublishedResult.Differences(run.Configuration, run.Result)).Distinct();

    /// <summary>The accuracy in the last epoch's training, the mean over the seeds.</summary>
    public double TrainAccuracy => Runs.Average(run => run.Result.TrainAccuracy!.Value);

    /// <summary>Whether the accuracy is as near to the published one as is aimed at.</summary>
    public bool MeetsAccuracyAim => Math.Abs(TestAccuracy - Published.TestAccuracy) <= AccuracyAim + Rounding;

    /// <summary>Whether the loss is as near to the published one as is aimed at.</summary>
    public bool MeetsLossAim => Math.Abs(TestLoss - Published.TestLoss) <= LossAim + Rounding;

    /// <summary>The epochs that all runs have, each with the means over the seeds.</summary>
    public IReadOnlyList<EpochRecord> History =>
        [.. First.History.Take(Runs.Min(run => run.History.Count)).Select((epoch, i) => epoch with { TrainAccuracy = Runs.Average(run => run.History[i].TrainAccuracy) })];
}
