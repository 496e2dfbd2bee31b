namespace FashionCnn.Runner;

/// <summary>One row of the study's table: 25 epochs on the 60,000 training images, evaluated on the 10,000 test images.</summary>
/// <param name="TrainSeconds">On the study's machine.</param>
/// <param name="TestLoss">Mean cross-entropy on the test images.</param>
/// <param name="TestAccuracy">Share of the test images classified rightly.</param>
internal sealed record PublishedResult(double TrainSeconds, double TestLoss, double TestAccuracy)
{
    public const int Epochs = 25;
    public const int TrainImages = 60_000;
    public const int TestImages = 10_000;

    private static readonly Dictionary<string, PublishedResult> ByModel = new()
    {
        ["model1a"] = new(185.64, 0.3146, 0.9214),
        ["model1b"] = new(329.58, 0.4776, 0.9264),
        ["model2"] = new(335.52, 0.2288, 0.9378),
        ["model3"] = new(393.94, 0.4851, 0.9249),
        ["model4"] = new(625.47, 0.2178, 0.9371),
    };

    /// <summary>The row of a model; null for one that the study does not have.</summary>
    public static PublishedResult? Find(string model) => ByModel.GetValueOrDefault(model);
}
