using FashionCnn.Runs;
using FashionCnn.Training;
using static System.FormattableString;

namespace FashionCnn.CommandLine;

/// <summary>
/// What the study found, checked on runs. The published table has numbers of the test images only, so what it says of the training
/// images is not checked against it.
/// </summary>
internal static class StudyFindings
{
    /// <summary>How far an epoch may be from the study's "about" and still agree with it.</summary>
    public const int About = 2;

    /// <summary>The rule by which <see cref="Knee"/> is found, for readers of the table.</summary>
    public const string Rule =
        "Returns diminish after the epoch at which the curve of training accuracy is farthest above the straight line from its first point to its last (the knee, as in Kneedle).";

    /// <summary>A line for each finding.</summary>
    /// <param name="runs">A finished run of each model to look at; all of them are the study's.</param>
    public static IEnumerable<string> Check(IReadOnlyList<RunRecord> runs)
    {
        if (runs.Count > 1)
        {
            yield return Invariant($"Best on the training images: {Best(runs, run => -run.Result.TrainAccuracy)} (highest training accuracy). The published table has no numbers of the training images.");
            yield return Compare("Generalizes best by test accuracy", runs, run => -run.Result.TestAccuracy, published => -published.TestAccuracy);
            yield return Compare("Generalizes best by test loss", runs, run => run.Result.TestLoss, published => published.TestLoss);
            yield return Compare("Overfits most, by the highest test loss", runs, run => -run.Result.TestLoss, published => -published.TestLoss);
            yield return Invariant($"Overfits most, by the widest gap from training to test accuracy: {Best(runs, run => run.Result.TestAccuracy - run.Result.TrainAccuracy)}. The published table has no such gap.");
        }

        foreach (var run in runs)
        {
            var published = PublishedResult.Find(run.Result.Model)!;
            var study = published.ReturnsDiminishFrom == published.ReturnsDiminishTo ? Invariant($"about {published.ReturnsDiminishFrom}") : Invariant($"about {published.ReturnsDiminishFrom} to {published.ReturnsDiminishTo}");
            var here = Knee(run.History);
            yield return Invariant($"{run.Result.Model}, returns diminish after epoch: study {study}, here {(here is null ? "-" : Invariant($"{here}"))}")
                + (run.Result.Epochs != PublishedResult.Epochs ? Invariant($"; not comparable after {run.Result.Epochs} of {PublishedResult.Epochs} epochs.")
                    : here >= published.ReturnsDiminishFrom - About && here <= published.ReturnsDiminishTo + About ? "; agrees." : "; differs.");
        }
    }

    /// <summary>The epoch after which the training accuracy gains little, see <see cref="Rule"/>; null without a curve that rises.</summary>
    public static int? Knee(IReadOnlyList<EpochRecord> history)
    {
        if (history.Count < 3 || history[^1].TrainAccuracy <= history[0].TrainAccuracy)
        {
            return null;
        }

        var (first, last) = (history[0], history[^1]);
        return history.MaxBy(epoch =>
            ((epoch.TrainAccuracy - first.TrainAccuracy) / (last.TrainAccuracy - first.TrainAccuracy)) - ((double)(epoch.Epoch - first.Epoch) / (last.Epoch - first.Epoch)))!.Epoch;
    }

    private static string Compare(string what, IReadOnlyList<RunRecord> runs, Func<RunRecord, double?> value, Func<PublishedResult, double> publishedValue)
    {
        var here = Best(runs, value);
        var study = runs.Select(run => run.Result.Model).MinBy(model => publishedValue(PublishedResult.Find(model)!))!;
        var comparable = !runs.Any(run => PublishedResult.Differences(run.Configuration, run.Result).Any());
        return $"{what}: study {study}, here {here}; {(!comparable ? "not comparable" : study == here ? "agrees" : "differs")}.";
    }

    private static string Best(IReadOnlyList<RunRecord> runs, Func<RunRecord, double?> value) => runs.MinBy(value)!.Result.Model;
}
