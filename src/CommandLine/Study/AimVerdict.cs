namespace FashionCnn.CommandLine.Study;

/// <summary>Whether an aim is met, in a word or a few.</summary>
internal static class AimVerdict
{
    /// <summary>The verdict on an aim that can be judged.</summary>
    public static string Of(bool met) => met ? "met" : "missed";

    /// <summary>The verdict on a network's accuracy, which is open until it has enough runs.</summary>
    public static string OfAccuracy(ChallengerRow row) => row.IsJudged ? Of(row.MeetsAccuracyAim) : $"open: {row.Runs.Count} of {NumberText.Plural(Challenge.Seeds, "seed")}";

    /// <summary>The verdict on a network's time, which is open until it is measured.</summary>
    /// <param name="share">Its share of the time of the study's model; null if unknown.</param>
    /// <param name="challenge">What it is meant to reach.</param>
    public static string OfTime(double? share, Challenge challenge) => share is { } known ? Of(known <= challenge.TimeShare) : "open";
}
