using FashionCnn.CommandLine.Report;
using FashionCnn.Compiler.Show;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Training;

namespace FashionCnn.CommandLine.Tests.Report;

/// <summary>Runs as they would be read back, without training.</summary>
internal static class ReportedRuns
{
    public static readonly IReadOnlyList<string> Classes = ["top", "middle", "bottom"];

    /// <summary>Six images, of which images 2, 4 and 5 are classified wrongly; image 4 with the highest probability.</summary>
    public static readonly Predictions SixPredictions =
        new([0, 0, 1, 1, 2, 2], [0, 0, 2, 1, 1, 0], [0.9f, 0.8f, 0.5f, 0.99f, 0.97f, 0.6f], [0.1f, 0.2f, 1f, 0.01f, 4f, 2f]);

    public static readonly ModelSummary Summary = new(
        TestModels.Small.Id,
        TestModels.Small.Name,
        TestModels.Small.Description,
        [8, 8, 1],
        3,
        [
            new LayerSummary("conv1", "Conv2D", "3x3 same relu", [], [8, 8, 4], 40, 0, 2304),
            new LayerSummary("dense1", "Dense", "softmax", ["conv1"], [3], 195, 0, 192),
        ],
        235,
        235,
        0,
        2496,
        TestModels.Small.ArchitectureFingerprint,
        []);

    private static ModelDescriptor Model => TestModels.Small;

    public static IReadOnlyList<EpochRecord> History(int epochs) =>
        [.. Enumerable.Range(1, epochs).Select(epoch => new EpochRecord(epoch, 1.0 / epoch, 1 - (0.5 / epoch), 1.25 / epoch, 1 - (0.625 / epoch), 2, 0.5))];

    /// <summary>A finished run of the small model on six images.</summary>
    public static ReportedRun Finished(string folder, int epochs = 4, long seed = 1)
    {
        var data = Data();
        var settings = new RunSettings(Model.Training with { Epochs = epochs }, seed, 1, "cpu");
        var history = History(epochs);
        var run = new RunRecord(
            RunFolder.Open(Directory.CreateDirectory(folder).FullName),
            RunConfiguration.Of(Model, data, settings, new RunOrigin(DateTimeOffset.UnixEpoch, [])),
            RunResult.Of(Model, data, settings, new TrainingOutcome(history, Canceled: false, Final: history[^1])),
            history,
            SixPredictions);
        return new ReportedRun(run, Summary, null, Classes, data.Test, null);
    }

    private static DataSet Data()
    {
        var data = TestModels.Stripes(12, 6);
        return data with { Test = new(data.Test.Pixels, SixPredictions.Labels, data.Test.Shape) };
    }
}
