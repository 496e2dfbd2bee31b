using FashionCnn.CommandLine.Numbers;
using FashionCnn.CommandLine.Study;
using FashionCnn.Runs;
using Spectre.Console;
using static System.FormattableString;

namespace FashionCnn.CommandLine;

/// <summary>The study's table on the console.</summary>
internal static class TableText
{
    /// <summary>Writes the table, whether it comes near to the study's, and the study's findings.</summary>
    /// <param name="rows">The models to show.</param>
    /// <param name="challengers">The other networks to show.</param>
    /// <param name="speeds">The measured speeds, by model.</param>
    /// <param name="comparison">The runs of the lowest seed of each trained model; null when there are none.</param>
    /// <param name="console">Takes it.</param>
    public static void Write(
        IReadOnlyList<StudyRow> rows, IReadOnlyList<ChallengerRow> challengers, IReadOnlyDictionary<string, MeasuredSpeed> speeds, RunComparison? comparison, IAnsiConsole console)
    {
        console.WriteLine();
        if (comparison is not null)
        {
            WriteStudy(rows, speeds, comparison, console);
        }
        else if (!challengers.Any(row => row.IsTrained))
        {
            console.WriteLine("No model has a finished run with these settings yet.");
        }

        foreach (var row in challengers.Where(row => row.IsTrained))
        {
            foreach (var difference in row.Differences)
            {
                console.WriteLine($"Not comparable: {row.Model.Id}, {difference}.");
            }

            console.WriteLine(Challenger(row, speeds));
        }
    }

    private static void WriteStudy(IReadOnlyList<StudyRow> rows, IReadOnlyDictionary<string, MeasuredSpeed> speeds, RunComparison comparison, IAnsiConsole console)
    {
        WriteTable(rows, speeds, console);
        var trained = rows.Where(row => row.IsTrained).ToList();
        foreach (var difference in trained.SelectMany(row => row.Differences).Distinct())
        {
            console.WriteLine($"Not comparable: {difference}.");
        }

        foreach (var row in trained.Where(row => !row.Differences.Any()))
        {
            console.WriteLine(Aim(row));
        }

        console.WriteLine(speeds.Count > 0
            ? "The published times were measured on the study's own machine. Times here are computed from the measured speeds."
            : "The published times were measured on the study's own machine. Times here are those of the clock, other work on the machine included.");
        console.WriteLine();
        console.WriteLine("The study's findings, on these runs:");
        foreach (var finding in StudyFindings.Check(rows, speeds))
        {
            console.WriteLine($"- {finding}");
        }

        console.WriteLine(StudyFindings.Rule);
        CompareCommand.WritePairs(comparison, console);
    }

    private static void WriteTable(IReadOnlyList<StudyRow> rows, IReadOnlyDictionary<string, MeasuredSpeed> speeds, IAnsiConsole console)
    {
        var table = TextTable.OfNumbers("Model", "Time, published", "Time, here", "Test loss, published", "Test loss, here", "Test accuracy, published", "Test accuracy, here", "95 % interval", "Seeds", "Precision");
        foreach (var row in rows)
        {
            table.Add(
                row.Model.Id,
                NumberText.StudySeconds(row.Published.TrainSeconds),
                NumberText.StudySeconds(Time(row, speeds)),
                NumberText.Number(row.Published.TestLoss),
                row.IsTrained ? StatisticText.MeanOf(row.TestLoss, row.SpreadOf(result => result.TestLoss)) : NumberText.Missing,
                NumberText.Number(row.Published.TestAccuracy),
                row.IsTrained ? StatisticText.MeanOf(row.TestAccuracy, row.SpreadOf(result => result.TestAccuracy)) : NumberText.Missing,
                StatisticText.Interval(row.IsTrained ? row.AccuracyInterval : null),
                Invariant($"{row.Runs.Count}"),
                row.Precisions);
        }

        table.Write(console);
    }

    // Beside a page there are measured speeds, or none yet; without one, the clock's time is better than nothing.
    private static double? Time(StudyRow row, IReadOnlyDictionary<string, MeasuredSpeed> speeds) =>
        speeds.TryGetValue(row.Model.Id, out var speed) ? speed.Seconds(PublishedResult.Epochs, PublishedResult.TrainImages)
        : speeds.Count == 0 && row.IsTrained ? row.Runs.Average(run => run.Result.TrainSeconds)
        : null;

    private static string Aim(StudyRow row) => Invariant(
        $"{row.Model.Id}: accuracy {row.TestAccuracy - row.Published.TestAccuracy:+0.0000;-0.0000;0.0000} from the published one (aim ±{StudyRow.AccuracyAim:0.000}: {AimVerdict.Of(row.MeetsAccuracyAim)}), loss {row.TestLoss - row.Published.TestLoss:+0.0000;-0.0000;0.0000} (aim ±{StudyRow.LossAim:0.00}: {AimVerdict.Of(row.MeetsLossAim)})");

    private static string Challenger(ChallengerRow row, IReadOnlyDictionary<string, MeasuredSpeed> speeds)
    {
        var time = row.TimeShare(speeds) is { } share
            ? Invariant($", {share:0.000} of {row.Challenge.Against}'s training time{(row.Challenge.TimeShare is { } aim ? Invariant($" (aim {aim:0.000}: {AimVerdict.OfTime(row, aim, share)})") : string.Empty)}")
            : string.Empty;
        return $"{row.Model.Id}: accuracy {StatisticText.MeanOf(row.TestAccuracy, row.SpreadOf(result => result.TestAccuracy))} (aim {NumberText.Number(row.Challenge.TestAccuracy)}: {AimVerdict.OfAccuracy(row)}){time}";
    }
}
