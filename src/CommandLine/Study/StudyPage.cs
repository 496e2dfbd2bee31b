using FashionCnn.CommandLine.Numbers;
using FashionCnn.CommandLine.Report;
using FashionCnn.Runs;
using static System.FormattableString;

namespace FashionCnn.CommandLine.Study;

/// <summary>The page of the study, in Markdown: its table beside ours, and what follows from both. It depends on the files of its folder alone.</summary>
/// <param name="rows">All models of the study.</param>
/// <param name="challengers">The networks that are meant to beat them.</param>
/// <param name="speeds">The measured speeds, by model.</param>
/// <param name="comparison">The runs of the lowest seed of each trained model; null when there are none.</param>
/// <param name="folder">The folder with the runs, as the page links to it.</param>
internal sealed class StudyPage(
    IReadOnlyList<StudyRow> rows, IReadOnlyList<ChallengerRow> challengers, IReadOnlyDictionary<string, MeasuredSpeed> speeds, RunComparison? comparison, string folder)
{
    /// <summary>The title of a new page.</summary>
    public const string Title = "The study, reproduced";

    private const string NotTrained = "not trained here yet";
    private const string NotMeasured = "not measured yet";

    private IEnumerable<StudyRow> Trained => rows.Where(row => row.IsTrained);

    /// <summary>All that the program writes of the page.</summary>
    public string Text() => string.Join("\n", new[] { Introduction(), Results(), Aims(), Seeds(), Times(), Figures(), Findings(), Pairs(), new ChallengerPart(challengers, speeds, Link).Text() }.Where(part => part.Length > 0));

    private static string Lines(params IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private string Introduction() => Lines(
        $"The study trained five convolutional networks on {PublishedResult.Data}: {PublishedResult.Epochs} epochs of {NumberText.Count(PublishedResult.TrainImages)} training images, evaluated on {NumberText.Count(PublishedResult.TestImages)} test images, one run each.",
        $"This page compares its table with runs of the same networks here. The command `table` writes it from the files in {(Trained.Any() || speeds.Count > 0 ? $"[{folder}/]({folder})" : $"`{folder}/`")}, so that no number is typed.");

    private string Results() => Lines("## Results", string.Empty)
        + MarkdownTable.Of(
            ["model", "test loss, published:", "test loss, here:", "test accuracy, published:", "test accuracy, here:", "95 % interval:", "seeds:", "precision", "training time, published:", "training time, here:"],
            rows.Select(row => new[]
            {
                row.Published.Name,
                NumberText.Number(row.Published.TestLoss),
                row.IsTrained ? StatisticText.MeanOf(row.TestLoss, row.SpreadOf(result => result.TestLoss)) : NotTrained,
                NumberText.Number(row.Published.TestAccuracy),
                row.IsTrained ? StatisticText.MeanOf(row.TestAccuracy, row.SpreadOf(result => result.TestAccuracy)) : string.Empty,
                row.IsTrained ? StatisticText.Interval(row.AccuracyInterval) : string.Empty,
                row.IsTrained ? Invariant($"{row.Runs.Count}") : string.Empty,
                row.IsTrained ? row.Precisions : string.Empty,
                NumberText.StudySeconds(row.Published.TrainSeconds),
                Time(row),
            }))
        + (Trained.Any() ? Lines(Notes().Prepend(string.Empty)) : string.Empty);

    private IEnumerable<string> Notes()
    {
        if (Trained.Any(row => row.Runs.Count > 1))
        {
            yield return "For several seeds, the table shows the mean ± the standard deviation.";
        }

        yield return "The interval is Wilson's for the share of the test images that are classified correctly. It says how far other test images would move the accuracy, not how far other seeds would.";
        var settings = Trained.Select(row => row.First.Configuration.Training).Select(training => Invariant($"{training.Optimizer.Name}, {LearningRateText.Of(training)}, batch size {training.BatchSize}")).Distinct().ToList();
        if (settings is [var same])
        {
            yield return $"The study states neither optimizer, learning rate nor batch size. All runs here: {same}.";
        }

        foreach (var difference in Trained.SelectMany(row => row.Differences).Distinct())
        {
            yield return $"Not comparable: {difference}.";
        }
    }

    private string Aims()
    {
        var comparable = Trained.Where(row => !row.Differences.Any()).ToList();
        return comparable.Count == 0 ? string.Empty : Lines(
                "## Aims",
                string.Empty,
                Invariant($"The aim is an accuracy within ±{StudyRow.AccuracyAim * 100:0.0} points of the published one, and a loss within ±{StudyRow.LossAim:0.00}, as the mean over the seeds."),
                string.Empty)
            + MarkdownTable.Of(
                ["model", "accuracy, here minus published:", "aim", "loss, here minus published:", "aim"],
                comparable.Select(row => new[]
                {
                    row.Published.Name, Difference(row.TestAccuracy - row.Published.TestAccuracy), AimVerdict.Of(row.MeetsAccuracyAim), Difference(row.TestLoss - row.Published.TestLoss), AimVerdict.Of(row.MeetsLossAim),
                }));
    }

    private string Seeds() => !Trained.Any() ? string.Empty : Lines("## Runs", string.Empty)
        + RunTable.Of(Trained.SelectMany(row => row.Runs), Link)
        + Lines(
            string.Empty,
            "The number of threads and the layout of images in memory change the last digits of a run, not what is computed. The seconds in a run's files are those of the clock, other work on the machine included; the times on this page are not taken from them.");

    private string Times() => speeds.Count == 0 ? string.Empty : Lines("## Training times", string.Empty)
        + MarkdownTable.Of(
            ["model", "published:", "here:", "images per second:", "precision", "threads:", "layout", "measured", "other work, cores:"],
            rows.Where(row => speeds.ContainsKey(row.Model.Id)).Select(row => (row.Published, Speed: speeds[row.Model.Id])).Select(row => new[]
            {
                row.Published.Name,
                NumberText.StudySeconds(row.Published.TrainSeconds),
                Time(row.Speed),
                NumberText.Count(row.Speed.ImagesPerSecond),
                row.Speed.Precision,
                Invariant($"{row.Speed.Threads}"),
                row.Speed.Layout,
                row.Speed.Date,
                row.Speed.OtherWork is { } other ? Invariant($"{other:0.00}") : "unknown",
            }))
        + Lines(
            string.Empty,
            $"A time here is computed: {PublishedResult.Epochs} epochs of {NumberText.Count(PublishedResult.TrainImages)} images at the speed of training steps, which `table` measured with nothing else running (the median step, on images of noise; evaluation and checkpoints are not counted). The published times were measured on the study's own machine.",
            string.Join(" ", speeds.Values.Select(speed => $"Measured on {speed.Processor}, {NumberText.Plural(speed.Cores, "core")}, {speed.System}, libtorch {speed.Libtorch}.").Distinct()));

    private string Figures() => !Trained.Any() ? string.Empty : Lines("## Curves", string.Empty, "The study's Figures 1 to 5, redrawn from the runs above: loss and accuracy by epoch, on the training images as they were trained on, and on the test images.")
        + string.Concat(rows.Index().Where(row => row.Item.IsTrained).Select(row => Lines(
            string.Empty,
            $"### Figure {row.Index + 1}: Model {row.Item.Published.Name}",
            string.Empty,
            $"![Loss and accuracy of Model {row.Item.Published.Name} by epoch]({Link(row.Item.First)}/{RunFolder.CurvesLinesFile})")));

    private string Findings() => Lines("## The study's findings", string.Empty)
        + MarkdownTable.Of(
            ["finding", "study", "here", "verdict"],
            StudyFindings.Check(rows, speeds).Select(finding => new[] { finding.What, finding.Study, finding.Here, finding.Words }))
        + Explanations()
        + Lines("The rules:", string.Empty)
        + Lines(StudyFindings.Check(rows, speeds).GroupBy(finding => finding.Rule).Select(rule => $"- {Names(rule)}: {rule.Key}"))
        + Lines(
            Invariant($"- An epoch after which returns diminish agrees if it is within {StudyFindings.About} of the study's."),
            $"- A finding is open until all models that it is about are trained or measured here.");

    private string Explanations()
    {
        var differing = StudyFindings.Check(rows, speeds).Where(finding => finding.Explanation is not null).ToList();
        return differing.Count == 0 ? "\n" : Lines(string.Empty, "Where ours differ:", string.Empty) + Lines(differing.Select(finding => $"- {finding.What}: {finding.Explanation}")) + "\n";
    }

    private static string Names(IEnumerable<Finding> findings) => findings.ToList() is [var only] ? only.What : "Returns diminish";

    private string Pairs() => comparison is not { Pairs.Count: > 0 } ? string.Empty : Lines("## Image by image", string.Empty)
        + MarkdownTable.Of(
            ["two runs", "only the first is right:", "only the second is right:", "p:", "p corrected:", "these two runs"],
            comparison.Pairs.Select(pair => new[]
            {
                $"{pair.First.Name}, {pair.Second.Name}", NumberText.Count(pair.Test.OnlyFirst), NumberText.Count(pair.Test.OnlySecond), NumberText.PValue(pair.Test.PValue), NumberText.PValue(pair.CorrectedPValue), pair.Verdict,
            }))
        + Lines(
            string.Empty,
            $"These are the runs of the lowest seed of each model. {RunComparison.AboutPairs} The numbers are in [{folder}/comparison.json]({folder}/comparison.json).",
            string.Empty,
            $"![All curves in one picture]({folder}/{RunFolder.CurvesLinesFile})");

    private string Time(StudyRow row) => speeds.TryGetValue(row.Model.Id, out var speed) ? Time(speed) : NotMeasured;

    private static string Time(MeasuredSpeed speed) => NumberText.StudySeconds(speed.Seconds(PublishedResult.Epochs, PublishedResult.TrainImages));

    private string Link(RunRecord run) => $"{folder}/{StudyFolder.NameOf(run.Configuration)}";

    private static string Difference(double value) => Invariant($"{value:+0.0000;-0.0000;0.0000}");
}
