using FashionCnn.Training;

namespace FashionCnn.CommandLine.Report;

/// <summary>How loss and accuracy on one set of images went.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Look">Its classes in the style sheet: color and kind of line.</param>
/// <param name="Number">The run's number among several; null for a run alone.</param>
/// <param name="HasEnd">Whether the number is written at its last point.</param>
/// <param name="History">The run's epochs.</param>
/// <param name="Loss">Its loss in an epoch.</param>
/// <param name="Accuracy">Its accuracy in an epoch.</param>
internal sealed record Curve(
    string Name, string Look, int? Number, bool HasEnd, IReadOnlyList<EpochRecord> History, Func<EpochRecord, double?> Loss, Func<EpochRecord, double?> Accuracy)
{
    /// <summary>How many colors the style sheet has. Later runs begin again; their numbers tell them apart.</summary>
    public const int Colors = 8;

    /// <summary>The curves of the only run in a chart: each has its color.</summary>
    public static IReadOnlyList<Curve> OfOneRun(IReadOnlyList<EpochRecord> history) => Of(history, kind => $"c{kind}", null);

    /// <summary>The curves of one of several runs: all have the run's color, the test curve its number.</summary>
    public static IReadOnlyList<Curve> OfRun(IReadOnlyList<EpochRecord> history, int number) => Of(history, _ => Color(number), number);

    /// <summary>The color of a run, by its number from 1.</summary>
    public static string Color(int number) => $"c{(number - 1) % Colors}";

    private static List<Curve> Of(IReadOnlyList<EpochRecord> history, Func<int, string> color, int? number)
    {
        var curves = new List<Curve>
        {
            new("training", $"{color(0)} training", number, HasEnd: false, history, epoch => epoch.TrainLoss, epoch => epoch.TrainAccuracy),
            new("test", $"{color(1)} test", number, HasEnd: true, history, epoch => epoch.TestLoss, epoch => epoch.TestAccuracy),
        };
        if (history.Any(epoch => epoch.ValidationLoss is not null))
        {
            curves.Add(new("held-out", $"{color(2)} held-out", number, HasEnd: false, history, epoch => epoch.ValidationLoss, epoch => epoch.ValidationAccuracy));
        }

        return curves;
    }
}
