using FashionCnn.Runs;
using FashionCnn.Training;
using static System.FormattableString;

namespace FashionCnn.CommandLine.Study;

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

    private const string Unstated =
        "The study's rows are single runs, and it states neither optimizer, learning rate nor batch size, on which this depends.";

    private const string NotThere = "-";

    /// <summary>Checks each finding.</summary>
    /// <param name="rows">The models to look at. A finding about several is open until all of these are trained.</param>
    /// <param name="speeds">The measured speeds, by model.</param>
    public static IEnumerable<Finding> Check(IReadOnlyList<StudyRow> rows, IReadOnlyDictionary<string, MeasuredSpeed> speeds)
    {
        if (rows.Count > 1)
        {
            yield return Unpublished("Best on the training images", "The highest training accuracy in the last epoch.", rows, row => -row.TrainAccuracy);
            yield return Compare("Generalizes best by test accuracy", "The highest accuracy on the test images.", rows, row => -row.TestAccuracy, published => -published.TestAccuracy, (here, study) => PairedAccuracy(rows, here, study));
            yield return Compare("Generalizes best by test loss", "The lowest loss on the test images.", rows, row => row.TestLoss, published => published.TestLoss, Losses);
            yield return Compare("Overfits most", "The highest loss on the test images.", rows, row => -row.TestLoss, published => -published.TestLoss, Losses);
            yield return Unpublished("Widest gap from training to test accuracy", "The largest difference after the last epoch.", rows, row => row.TestAccuracy - row.TrainAccuracy);
            if (rows.MaxBy(row => row.Depth) is { } deepest && rows.Count(row => row.Depth == deepest.Depth) == 1)
            {
                yield return Reliable(rows, deepest);
                yield return Slow(rows, deepest, speeds);
            }
        }

        foreach (var row in rows)
        {
            yield return Returns(row);
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

    private static Finding Compare(
        string what, string rule, IReadOnlyList<StudyRow> rows, Func<StudyRow, double> value, Func<PublishedResult, double> publishedValue, Func<StudyRow, StudyRow, string> explain)
    {
        var study = rows.MinBy(row => publishedValue(row.Published))!;
        if (!rows.All(row => row.IsTrained))
        {
            return new Finding(what, rule, study.Model.Id, NotThere, Verdict.Open);
        }

        var here = rows.MinBy(value)!;
        var verdict = VerdictOf(rows, here == study);
        return new Finding(what, rule, study.Model.Id, here.Model.Id, verdict, verdict == Verdict.Differs ? $"{explain(here, study)} {Unstated}" : null);
    }

    private static Finding Unpublished(string what, string rule, IReadOnlyList<StudyRow> rows, Func<StudyRow, double> value) => rows.All(row => row.IsTrained)
        ? new Finding(what, rule, NotThere, rows.MinBy(value)!.Model.Id, Verdict.NothingPublished)
        : new Finding(what, rule, NotThere, NotThere, Verdict.Open);

    private static Finding Reliable(IReadOnlyList<StudyRow> rows, StudyRow deepest)
    {
        const string What = "More layers make a model more reliable";
        const string Rule = "The model with the most layers has the lowest loss on the test images of all, and a higher accuracy than most others.";
        var study = Holds(row => row.Published.TestLoss, row => row.Published.TestAccuracy);
        if (!rows.All(row => row.IsTrained))
        {
            return new Finding(What, Rule, Word(study), NotThere, Verdict.Open);
        }

        var here = Holds(row => row.TestLoss, row => row.TestAccuracy);
        var verdict = VerdictOf(rows, here == study);
        return new Finding(What, Rule, Word(study), Word(here), verdict, verdict == Verdict.Differs ? Unstated : null);

        bool Holds(Func<StudyRow, double> loss, Func<StudyRow, double> accuracy) =>
            rows.MinBy(loss) == deepest && rows.Count(row => row != deepest && accuracy(row) < accuracy(deepest)) * 2 > rows.Count - 1;
    }

    private static Finding Slow(IReadOnlyList<StudyRow> rows, StudyRow deepest, IReadOnlyDictionary<string, MeasuredSpeed> speeds)
    {
        const string What = "More layers take more time";
        const string Rule = "The model with the most layers takes longest; given as a multiple of the time of the slowest of the others.";
        var study = Times(row => row.Published.TrainSeconds);
        if (!rows.All(row => speeds.ContainsKey(row.Model.Id)))
        {
            return new Finding(What, Rule, study.Words, NotThere, Verdict.Open);
        }

        var here = Times(row => 1 / speeds[row.Model.Id].ImagesPerSecond);
        var verdict = study.Slower == here.Slower ? Verdict.Agrees : Verdict.Differs;
        return new Finding(What, Rule, study.Words, here.Words, verdict, verdict == Verdict.Differs ? "How long a layer takes depends on the machine." : null);

        (bool Slower, string Words) Times(Func<StudyRow, double> seconds)
        {
            var times = seconds(deepest) / rows.Where(row => row != deepest).Max(seconds);
            return (times > 1, Invariant($"{times:0.0} times"));
        }
    }

    private static Finding Returns(StudyRow row)
    {
        var (published, what) = (row.Published, $"{row.Model.Id}, returns diminish after epoch");
        var study = published.ReturnsDiminishFrom == published.ReturnsDiminishTo ? Invariant($"about {published.ReturnsDiminishFrom}") : Invariant($"about {published.ReturnsDiminishFrom} to {published.ReturnsDiminishTo}");
        if (!row.IsTrained)
        {
            return new Finding(what, Rule, study, NotThere, Verdict.Open);
        }

        var here = Knee(row.History);
        var verdict = VerdictOf([row], here >= published.ReturnsDiminishFrom - About && here <= published.ReturnsDiminishTo + About);
        return new Finding(what, Rule, study, here is null ? NotThere : Invariant($"{here}"), verdict, verdict == Verdict.Differs
            ? $"The study says \"about\" and gives no rule. By ours, the epoch depends on how steep the curve begins, and so on the learning rate, which the study does not state."
            : null);
    }

    private static Verdict VerdictOf(IReadOnlyList<StudyRow> rows, bool agrees) =>
        rows.Any(row => row.Differences.Any()) ? Verdict.NotComparable : agrees ? Verdict.Agrees : Verdict.Differs;

    private static string Word(bool holds) => holds ? "yes" : "no";

    // What the same test images say of the two models that are in question: the verdict of the comparison of all.
    private static string PairedAccuracy(IReadOnlyList<StudyRow> rows, StudyRow here, StudyRow study)
    {
        var pair = RunComparison.Of([.. rows.Select(row => row.First)]).Pairs.First(pair => IsOf(pair, here) && IsOf(pair, study));
        var says = pair.Differs ? "differ in accuracy by more than chance" : "do not differ in accuracy by more than chance";
        return Invariant($"On the same test images, {here.Model.Id} and {study.Model.Id} {says} (seeds {here.First.Result.Seed} and {study.First.Result.Seed}, McNemar's exact test, p corrected {PText(pair.CorrectedPValue)}).");

        static bool IsOf(ComparedPair pair, StudyRow row) => ReferenceEquals(pair.First.Run, row.First) || ReferenceEquals(pair.Second.Run, row.First);
    }

    private static string Losses(StudyRow here, StudyRow study) =>
        $"Here {here.Model.Id} has a loss of {NumberText.Number(here.TestLoss)}, {study.Model.Id} one of {NumberText.Number(study.TestLoss)}.";

    private static string PText(double value) => value < 0.0001 ? NumberText.PValue(value) : $"= {NumberText.PValue(value)}";
}
