using FashionCnn.Runs;
using static FashionCnn.Commands.NumberText;

namespace FashionCnn.CommandLine.Study;

/// <summary>One row of the study's table: 25 epochs on the 60,000 training images, evaluated on the 10,000 test images.</summary>
/// <param name="Name">What the study calls the model.</param>
/// <param name="TrainSeconds">On the study's machine.</param>
/// <param name="TestLoss">Mean cross-entropy on the test images.</param>
/// <param name="TestAccuracy">Share of the test images classified rightly.</param>
/// <param name="ReturnsDiminishFrom">The epoch after which, says the study, the training curve gains little; the first of them.</param>
/// <param name="ReturnsDiminishTo">The last of them, where the study names a range.</param>
internal sealed record PublishedResult(string Name, double TrainSeconds, double TestLoss, double TestAccuracy, int ReturnsDiminishFrom, int ReturnsDiminishTo)
{
    /// <summary>The data set.</summary>
    public const string Data = "Fashion-MNIST";

    public const int Epochs = 25;
    public const int TrainImages = 60_000;
    public const int TestImages = 10_000;

    private static readonly Dictionary<string, PublishedResult> ByModel = new()
    {
        ["model1a"] = new("1A", 185.64, 0.3146, 0.9214, 5, 5),
        ["model1b"] = new("1B", 329.58, 0.4776, 0.9264, 10, 15),
        ["model2"] = new("2", 335.52, 0.2288, 0.9378, 5, 5),
        ["model3"] = new("3", 393.94, 0.4851, 0.9249, 10, 10),
        ["model4"] = new("4", 625.47, 0.2178, 0.9371, 5, 5),
    };

    /// <summary>The models of the table, in its order.</summary>
    public static IEnumerable<string> Models => ByModel.Keys;

    /// <summary>The row of a model; null for one that the study does not have.</summary>
    public static PublishedResult? Find(string model) => ByModel.GetValueOrDefault(model);

    /// <summary>What makes a run not comparable with the study's.</summary>
    public static IEnumerable<string> Differences(RunConfiguration configuration, RunResult result) => Differences(configuration, result, Epochs, "the study's");

    /// <summary>What makes a run not comparable with one on all images of the study.</summary>
    /// <param name="configuration">Its settings.</param>
    /// <param name="result">What it came to.</param>
    /// <param name="epochs">The epochs that it should have.</param>
    /// <param name="whose">Whose epochs these are.</param>
    public static IEnumerable<string> Differences(RunConfiguration configuration, RunResult result, int epochs, string whose)
    {
        if (!configuration.DataVerified || (!configuration.Sample && configuration.Data != Data))
        {
            yield return "the data is not the study's";
        }

        if (configuration.InitialWeights is not null)
        {
            yield return "it did not start with fresh weights";
        }

        if (result.Epochs != epochs)
        {
            yield return $"{Plural(result.Epochs, "epoch")} instead of {whose} {epochs}";
        }

        if (result.TrainImages != TrainImages)
        {
            yield return $"{Count(result.TrainImages)} training images instead of {Count(TrainImages)}";
        }

        if (result.TestImages != TestImages)
        {
            yield return $"{Count(result.TestImages)} test images instead of {Count(TestImages)}";
        }
    }
}
