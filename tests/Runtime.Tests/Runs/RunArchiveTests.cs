using FashionCnn.Evaluation;
using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Runs;

public sealed class RunArchiveTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunRecord run;

    public RunArchiveTests()
    {
        var (original, owner) = RunFolder.TryCreate(folder.File("run"))!.Value;
        owner.Dispose();
        var settings = new RunSettings(TestModels.Small.Training with { Epochs = 2 }, 7, 1, "cpu");
        var data = TestModels.Stripes(10, 2) with { Location = folder.File("images") };
        // The test images were evaluated at the end.
        EpochRecord[] history = [new(1, 1.0 / 3, 0.75, null, null, 1.5, 0.25, 0.1, 0.2), new(2, 0.25, 0.875, 1e-7, 1, 1.25, 0.5, 0.1, 0.3)];
        original.WriteConfig(RunConfiguration.Of(TestModels.Small, data, settings, new RunOrigin(DateTimeOffset.UnixEpoch, [])));
        original.WriteHistory(history);
        original.WritePredictions(new Predictions([0, 1], [0, 2], [0.75f, 1f / 3], [0.25f, 2f]));
        original.WriteResult(RunResult.Of(TestModels.Small, data, settings, new TrainingOutcome(history, Canceled: false, Final: history[1])));
        run = original.Read();
        Directory.CreateDirectory(Archive);
        RunArchive.Write(run, Archive);
    }

    private string Archive => folder.File("archive");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_is_read_like_the_run_itself()
    {
        var read = RunFolder.Open(Archive).Read();

        Assert.Equal(["config.json", "history.csv", "predictions.csv.gz", "result.json"], Directory.GetFiles(Archive).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal((run.Result, run.Configuration.WithoutSeed), (read.Result, read.Configuration.WithoutSeed));
        Assert.Equal(run.History, read.History);
        Assert.Equal(run.Predictions!.Labels, read.Predictions!.Labels);
        Assert.Equal(run.Predictions.Predicted, read.Predictions.Predicted);
        Assert.Equal(run.Predictions.Confidence, read.Predictions.Confidence);
        Assert.Equal(run.Predictions.Losses, read.Predictions.Losses);
    }

    [Fact]
    public void It_names_no_folder_of_the_machine()
    {
        Assert.Contains(folder.Path, File.ReadAllText(folder.File("run/config.json")), StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(Archive), file => Assert.DoesNotContain(folder.Path, File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("history.csv", "\n1,", "\n3,", "its epochs are not 1, 2, 3 and so on. Train the run again.")]
    [InlineData("history.csv", ",0.75,", ",?,", "its line 2 is not the numbers of an epoch.")]
    [InlineData("history.csv", ",0.1,0.3", ",0.1,0.3,0.3", "its line 3 is not the numbers of an epoch.")]
    [InlineData("history.csv", ",0.875,", ",1.875,", "in epoch 2, train_accuracy cannot be 1.875; it must be from 0 to 1.")]
    [InlineData("history.csv", "epoch,", "epochs,", "its first line is not the expected one.")]
    public void Damage_is_refused_in_one_sentence(string file, string old, string now, string message)
    {
        var path = Path.Combine(Archive, file);
        var text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, now, StringComparison.Ordinal));

        Assert.Equal($"{path}: the file is damaged: {message}", Assert.Throws<InputException>(RunFolder.Open(Archive).Read).Message);
    }

    [Fact]
    public void Predictions_whose_compression_is_damaged_are_refused()
    {
        var path = Path.Combine(Archive, "predictions.csv.gz");
        File.WriteAllText(path, "no gzip");

        Assert.Equal($"{path}: the file is damaged: its gzip compression cannot be read.", Assert.Throws<InputException>(RunFolder.Open(Archive).Read).Message);
    }
}
