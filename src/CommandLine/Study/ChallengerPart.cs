using FashionCnn.CommandLine.Numbers;
using FashionCnn.Runs;
using static System.FormattableString;

namespace FashionCnn.CommandLine.Study;

/// <summary>The part of the study's page about the networks that are meant to beat the study's.</summary>
/// <param name="rows">The networks.</param>
/// <param name="speeds">The measured speeds, by model.</param>
/// <param name="link">The address of a run's folder, as the page links to it.</param>
internal sealed class ChallengerPart(IReadOnlyList<ChallengerRow> rows, IReadOnlyDictionary<string, MeasuredSpeed> speeds, Func<RunRecord, string> link)
{
    private IEnumerable<ChallengerRow> Trained => rows.Where(row => row.IsTrained);

    /// <summary>The part, or nothing when none of them has been trained.</summary>
    public string Text() => !Trained.Any() ? string.Empty
        : "## Networks that are not the study's\n\n"
            + Table()
            + Invariant($"\nThe accuracy is judged as the mean over {Challenge.Seeds} seeds. Times are computed from measured speeds, as those of the study's models are, for each network's own epochs. The training loss is the one that training minimizes, with label smoothing where the spec has it.\n\n")
            + string.Concat(Trained.Where(row => row.Differences.Any()).Select(row => $"Not comparable: {row.Model.Id}, {string.Join(", ", row.Differences)}.\n\n"))
            + RunTable.Of(Trained.SelectMany(row => row.Runs), link)
            + string.Concat(Trained.Select(row => $"\n![Loss and accuracy of {row.Model.Id} by epoch]({link(row.First)}/{RunFolder.CurvesLinesFile})\n"));

    private string Table() => MarkdownTable.Of(
        ["network", "parameters:", "multiply-accumulates per image:", "epochs:", "test loss:", "test accuracy:", "95 % interval:", "seeds:", "aim:", "verdict", "training time:", "share:", "aim:", "verdict"],
        Trained.Select(row => new[]
        {
            row.Model.Id,
            NumberText.Count(row.Model.TotalParameters),
            NumberText.Count(row.Model.MultiplyAccumulates),
            Invariant($"{row.First.Result.Epochs}"),
            StatisticText.MeanOf(row.TestLoss, row.SpreadOf(result => result.TestLoss)),
            StatisticText.MeanOf(row.TestAccuracy, row.SpreadOf(result => result.TestAccuracy)),
            StatisticText.Interval(row.AccuracyInterval),
            Invariant($"{row.Runs.Count}"),
            NumberText.Number(row.Challenge.TestAccuracy),
            AimVerdict.OfAccuracy(row),
            row.Seconds(speeds) is { } seconds ? NumberText.StudySeconds(seconds) : "not measured yet",
            row.TimeShare(speeds) is { } share ? Invariant($"{share:0.000} of {row.Challenge.Against}'s") : string.Empty,
            row.Challenge.TimeShare is { } aim ? Invariant($"{aim:0.000}") : string.Empty,
            row.Challenge.TimeShare is { } limit ? AimVerdict.OfTime(row, limit, row.TimeShare(speeds)) : string.Empty,
        }));
}
