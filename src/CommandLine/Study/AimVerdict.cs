namespace FashionCnn.CommandLine.Study;

/// <summary>Whether an aim is met, in a word or a few.</summary>
internal static class AimVerdict
{
    private const string NotComparable = "not comparable";

    /// <summary>The verdict on an aim that can be judged.</summary>
    public static string Of(bool met) => met ? "met" : "missed";

    /// <summary>The verdict on a network's accuracy, which is open until it has enough runs.</summary>
    public static string OfAccuracy(ChallengerRow row) => row.Differences.Any() ? NotComparable : row.IsJudged ? Of(row.MeetsAccuracyAim) : $"open: {row.Runs.Count} of {NumberText.Plural(Challenge.Seeds, "seed")}";

    /// <summary>The verdict on a network's time, which is open until it is measured.</summary>
    /// <param name="row">The network.</param>
    /// <param name="aim">The share of the time of the study's model that it may take.</param>
    /// <param name="share">The share that it takes; null if unknown.</param>
    public static string OfTime(ChallengerRow row, double aim, double? share) => row.Differences.Any() ? NotComparable : share is { } known ? Of(known <= aim) : "open";
}
