using FashionCnn.CommandLine.Study;
using FashionCnn.CommandLine.Tests.Report;
using FashionCnn.Models;
using FashionCnn.Runs;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Study;

/// <summary>How networks that are not the study's are judged, on runs with the numbers that a test gives them.</summary>
public sealed class ChallengerRowTests : IDisposable
{
    private static readonly ModelDescriptor Model = ProjectModels.All.Single(model => model.Id == "fast");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0.9377, 0.9378, 0.9379, "met")]
    [InlineData(0.9377, 0.9378, 0.9378, "missed")]
    public void The_accuracy_is_judged_by_the_mean_of_three_seeds(double first, double second, double third, string verdict)
    {
        var row = Row(first, second, third);

        Assert.Equal(verdict, AimVerdict.OfAccuracy(row));
        Assert.Equal("open: 2 of 3 seeds", AimVerdict.OfAccuracy(row with { Runs = [.. row.Runs.Take(2)] }));
    }

    [Fact]
    public void The_time_is_judged_by_a_share_of_the_time_of_the_studys_model()
    {
        var row = Row(0.94, 0.94, 0.94);
        var (epochs, images) = (Model.Training.Epochs, 60_000);
        // Model 2's 25 epochs at 100 images/s take ten times as long as this network's at this speed.
        var tenth = 100 * 10 * epochs / 25.0;
        double? Share(double speed) => row.TimeShare(new Dictionary<string, MeasuredSpeed> { ["fast"] = Speeds.Of(speed), ["model2"] = Speeds.Of(100) });

        Assert.Equal(epochs * images / tenth, row.Seconds(new Dictionary<string, MeasuredSpeed> { ["fast"] = Speeds.Of(tenth) })!.Value, 6);
        Assert.Equal(0.1, Share(tenth)!.Value, 12);
        Assert.Equal("met", AimVerdict.OfTime(row, 0.1, Share(tenth * 1.001)));
        Assert.Equal("missed", AimVerdict.OfTime(row, 0.1, Share(tenth * 0.999)));
        Assert.Equal("open", AimVerdict.OfTime(row, 0.1, null));
    }

    [Fact]
    public void Runs_with_other_images_or_epochs_are_not_judged()
    {
        var row = Row(0.94, 0.94, 0.94);
        var shorter = row with { Runs = [.. row.Runs.Select(run => run with { Result = run.Result with { Epochs = 2, TrainImages = 96 } })] };

        Assert.Empty(row.Differences);
        Assert.Equal([$"2 epochs instead of fast's {Model.Training.Epochs}", "96 training images instead of 60,000"], shorter.Differences);
        Assert.Equal("not comparable", AimVerdict.OfAccuracy(shorter));
        Assert.Equal("not comparable", AimVerdict.OfTime(shorter, 0.1, 0.05));
    }

    private ChallengerRow Row(params double[] accuracies)
    {
        var like = ReportedRuns.Finished(folder.File("run")).Run;
        return new ChallengerRow(Model, Challenge.Find(Model.Id)!, [.. accuracies.Select(accuracy => Run(like, accuracy))]);
    }

    private static RunRecord Run(RunRecord like, double accuracy) => like with
    {
        Configuration = like.Configuration with { Model = Model.Id, Data = PublishedResult.Data, DataVerified = true },
        Result = like.Result with { Model = Model.Id, Epochs = Model.Training.Epochs, TrainImages = 60_000, TestImages = 10_000, TestAccuracy = accuracy },
    };
}
