using FashionCnn.Evaluation;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine;

/// <summary>A comparison as <c>comparison.json</c> keeps it.</summary>
internal sealed record ComparisonFile(
    IReadOnlyList<ComparisonFile.Row> Runs, IReadOnlyList<ComparisonFile.Pair> Pairs, IReadOnlyList<ComparisonFile.Group> Groups, IReadOnlyList<string> Notes)
{
    /// <summary>A comparison.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="folder">What to call a run's folder.</param>
    public static ComparisonFile Of(RunComparison comparison, Func<ComparedRun, string> folder) => new(
        [.. comparison.Runs.Select(run => new Row(run.Name, folder(run), run.AccuracyInterval, run.ImagesPerSecond, run.Run.Result))],
        [.. comparison.Pairs.Select(pair => new Pair(pair.First.Name, pair.Second.Name, pair.Test.OnlyFirst, pair.Test.OnlySecond, pair.Test.PValue, pair.CorrectedPValue))],
        [.. comparison.Groups.Select(group => new Group(group.Model, [.. group.Runs.Select(run => run.Name)], group.TestAccuracy, group.TestLoss, group.TrainSeconds))],
        comparison.Notes);

    internal sealed record Row(string Name, string Folder, Interval? AccuracyInterval, double? ImagesPerSecond, RunResult Result);

    internal sealed record Pair(string First, string Second, int OnlyFirst, int OnlySecond, double PValue, double CorrectedPValue);

    internal sealed record Group(string Model, IReadOnlyList<string> Runs, Spread TestAccuracy, Spread TestLoss, Spread TrainSeconds);
}
