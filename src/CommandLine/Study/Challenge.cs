namespace FashionCnn.CommandLine.Study;

/// <summary>What a network that is not the study's is meant to reach.</summary>
/// <param name="TestAccuracy">At least this share of the test images classified rightly, as the mean over <see cref="Seeds"/> seeds.</param>
/// <param name="Against">The study's model whose training time is the measure.</param>
/// <param name="TimeShare">At most this share of that time; null if the time is shown and not judged.</param>
internal sealed record Challenge(double TestAccuracy, string Against, double? TimeShare)
{
    /// <summary>Runs that a mean is judged by.</summary>
    public const int Seeds = 3;

    private static readonly Dictionary<string, Challenge> ByModel = new()
    {
        // The accuracy of the study's best model, Model 2, in a tenth of its time.
        ["fast"] = new(0.9378, "model2", 0.1),
        ["fast94"] = new(0.94, "model2", TimeShare: null),
        // More accurate than any model of the study, in no more time than Model 1B takes.
        ["best"] = new(0.945, "model1b", 1),
    };

    /// <summary>The networks that have one.</summary>
    public static IEnumerable<string> Models => ByModel.Keys;

    /// <summary>The challenge of a model; null for one that has none.</summary>
    public static Challenge? Find(string model) => ByModel.GetValueOrDefault(model);
}
