using FashionCnn.CommandLine.Numbers;
using FashionCnn.Runs;
using static System.FormattableString;

namespace FashionCnn.CommandLine.Study;

/// <summary>Single runs on the study's page.</summary>
internal static class RunTable
{
    /// <summary>A table with a row per run.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="link">The address of a run's folder, as the page links to it.</param>
    public static string Of(IEnumerable<RunRecord> runs, Func<RunRecord, string> link) => MarkdownTable.Of(
        ["run", "seed:", "precision", "test loss:", "test accuracy:", "95 % interval:", "training loss:", "training accuracy:", "threads:", "files"],
        runs.Select(run => new[]
        {
            run.Configuration.Model,
            Invariant($"{run.Result.Seed}"),
            run.Result.Precision,
            NumberText.Number(run.Result.TestLoss),
            NumberText.Number(run.Result.TestAccuracy),
            StatisticText.Interval(run.Result.AccuracyInterval),
            NumberText.Number(run.Result.TrainLoss),
            NumberText.Number(run.Result.TrainAccuracy),
            Invariant($"{run.Result.Threads}"),
            $"[{StudyFolder.NameOf(run.Configuration)}]({link(run)})",
        }));
}
