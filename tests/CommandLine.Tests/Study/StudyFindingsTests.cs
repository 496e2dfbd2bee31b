using FashionCnn.CommandLine.Study;
using FashionCnn.CommandLine.Tests.Report;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Study;

/// <summary>The rules by which the study's findings are checked, on runs with the numbers that a test gives them.</summary>
public sealed class StudyFindingsTests : IDisposable
{
    private static readonly Dictionary<string, MeasuredSpeed> NoSpeeds = [];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_studys_own_numbers_agree_with_all_that_it_published()
    {
        var rows = PublishedResult.Models.Select(id => Row(id, Published(id).TestLoss, Published(id).TestAccuracy, Published(id).ReturnsDiminishFrom)).ToList();
        var speeds = PublishedResult.Models.ToDictionary(id => id, id => Speeds.Of(1e6 / Published(id).TrainSeconds));

        var findings = StudyFindings.Check(rows, speeds).ToList();

        Assert.Equal(12, findings.Count);
        Assert.Equal(2, findings.Count(finding => finding.Verdict == Verdict.NothingPublished));
        Assert.Equal(10, findings.Count(finding => finding.Verdict == Verdict.Agrees));
        Assert.All(findings, finding => Assert.Null(finding.Explanation));
        Assert.Contains("More layers take more time: study 1.6 times, here 1.6 times; agrees.", findings.Select(finding => $"{finding}"));
        Assert.All(rows, row => Assert.True(row.MeetsAccuracyAim && row.MeetsLossAim));
    }

    [Fact]
    public void What_differs_is_explained_by_what_the_runs_say()
    {
        // Model 1A first in accuracy, Model 1B in loss, Model 2 last in loss, and slowest.
        var numbers = new Dictionary<string, (double Loss, double Accuracy)>
        {
            ["model1a"] = (0.30, 0.95),
            ["model1b"] = (0.20, 0.94),
            ["model2"] = (0.60, 0.93),
            ["model3"] = (0.4, 0.92),
            ["model4"] = (0.3, 0.91),
        };
        var rows = PublishedResult.Models.Select(id => Row(id, numbers[id].Loss, numbers[id].Accuracy, knee: 20)).ToList();
        var speeds = PublishedResult.Models.ToDictionary(id => id, id => Speeds.Of(id == "model2" ? 10 : 100));

        var findings = StudyFindings.Check(rows, speeds).ToDictionary(finding => finding.What);

        Assert.Equal(
            "Generalizes best by test accuracy: study model2, here model1a; differs. On the same test images, model1a and model2 do not differ in accuracy by more than chance (seeds 1 and 1, McNemar's exact test, p corrected = 1.0000). "
            + "The study's rows are single runs, and it states neither optimizer, learning rate nor batch size, on which this depends.",
            $"{findings["Generalizes best by test accuracy"]}");
        Assert.StartsWith("Generalizes best by test loss: study model4, here model1b; differs. Here model1b has a loss of 0.2000, model4 one of 0.3000. ", $"{findings["Generalizes best by test loss"]}", StringComparison.Ordinal);
        Assert.Equal((Verdict.Differs, "model2"), (findings["Overfits most"].Verdict, findings["Overfits most"].Here));
        Assert.Equal((Verdict.Differs, "no"), (findings["More layers make a model more reliable"].Verdict, findings["More layers make a model more reliable"].Here));
        Assert.Equal((Verdict.Differs, "0.1 times"), (findings["More layers take more time"].Verdict, findings["More layers take more time"].Here));
        Assert.Equal((Verdict.Differs, "20"), (findings["model1a, returns diminish after epoch"].Verdict, findings["model1a, returns diminish after epoch"].Here));
        Assert.All(findings.Values.Where(finding => finding.Verdict == Verdict.Differs), finding => Assert.NotNull(finding.Explanation));
        Assert.All(findings.Values.Where(finding => finding.Verdict != Verdict.Differs), finding => Assert.Null(finding.Explanation));
    }

    [Fact]
    public void Until_all_models_are_trained_what_is_about_all_is_open()
    {
        var rows = PublishedResult.Models.Select(id => id == "model3" ? new StudyRow(Model(id), Published(id), []) : Row(id, 0.3, 0.93, knee: 5)).ToList();

        var findings = StudyFindings.Check(rows, NoSpeeds).ToList();

        Assert.Equal(["Best on the training images", "Generalizes best by test accuracy", "Generalizes best by test loss", "Overfits most", "Widest gap from training to test accuracy", "More layers make a model more reliable", "More layers take more time", "model3, returns diminish after epoch"], findings.Where(finding => finding.Verdict == Verdict.Open).Select(finding => finding.What));
    }

    [Theory]
    [InlineData(0.9264, 0.3146, true, true)]
    [InlineData(0.9164, 0.3946, true, true)]
    [InlineData(0.9265, 0.2345, false, false)]
    [InlineData(0.9163, 0.3947, false, false)]
    public void Aims_are_met_up_to_their_ends(double accuracy, double loss, bool meetsAccuracy, bool meetsLoss)
    {
        var row = Row("model1a", loss, accuracy, knee: 5);

        Assert.Equal((meetsAccuracy, meetsLoss), (row.MeetsAccuracyAim, row.MeetsLossAim));
    }

    [Fact]
    public void Means_over_seeds_are_what_is_judged()
    {
        var (first, second) = (Row("model1a", 0.2, 0.91, knee: 5), Row("model1a", 0.4, 0.93, knee: 5));
        var row = first with { Runs = [first.First, second.First] };

        Assert.Equal(0.92, row.TestAccuracy, 12);
        Assert.Equal(0.3, row.TestLoss, 12);
        Assert.Equal(0.0141, row.SpreadOf(result => result.TestAccuracy)!.Value.StandardDeviation, 4);
        Assert.True(row.MeetsAccuracyAim && row.MeetsLossAim && !first.MeetsLossAim);
        Assert.Equal(Interval.OfShare(9200, 10_000), row.AccuracyInterval);
    }

    private static PublishedResult Published(string id) => PublishedResult.Find(id)!;

    private static ModelDescriptor Model(string id) => ProjectModels.All.Single(model => model.Id == id);

    private StudyRow Row(string id, double loss, double accuracy, int knee)
    {
        var like = ReportedRuns.Finished(folder.File("run")).Run;
        // Rises to the knee, then hardly.
        EpochRecord[] history = [.. Enumerable.Range(1, 25).Select(epoch => new EpochRecord(epoch, 0.1, epoch <= knee ? 0.9 * epoch / knee : 0.9 + (0.001 * (epoch - knee)), loss, accuracy, 1, 1))];
        return new StudyRow(Model(id), Published(id), [like with
        {
            Configuration = like.Configuration with { Model = id, Data = PublishedResult.Data, DataVerified = true },
            Result = like.Result with { Model = id, Epochs = 25, TrainImages = 60_000, TestImages = 10_000, TestLoss = loss, TestAccuracy = accuracy, TrainAccuracy = history[^1].TrainAccuracy },
            History = history,
        }]);
    }
}
