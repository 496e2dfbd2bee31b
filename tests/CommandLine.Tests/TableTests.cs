using FashionCnn.CommandLine.Study;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class TableTests : IDisposable
{
    private static readonly string[] Small = ["--data", "sample", "--train-images", "96", "--test-images", "100", "--threads", "1", "--epochs", "2"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void It_trains_what_is_missing_goes_on_with_what_was_stopped_and_takes_what_is_finished()
    {
        Assert.Equal(0, program.Run(["model1a", .. Small]));
        var finished = Assert.Single(Directory.GetDirectories("runs/model1a"));
        // As a program that was killed between two epochs leaves it: a checkpoint and no result.
        Assert.Equal(0, program.Run(["model1a", "--epochs", "1", "--seed", "7", .. Small.SkipLast(2)]));
        Assert.Equal(0, program.Run(["model1b", .. Small]));
        var stopped = Assert.Single(Directory.GetDirectories("runs/model1b"));
        var weights = File.ReadAllBytes($"{stopped}/weights.safetensors");
        File.Delete($"{stopped}/result.json");

        Assert.Equal(0, program.Run(["table", "model1b", "model1a", .. Small]));

        Assert.Contains($"model1a: {finished}\n", program.Output, StringComparison.Ordinal);
        Assert.Contains($"Continuing {stopped} from the end of epoch 2.", program.Output, StringComparison.Ordinal);
        Assert.Equal(weights, File.ReadAllBytes($"{stopped}/weights.safetensors"));
        Assert.Matches(@"model1a +185\.64 s +\d+\.\d\d s +0\.3146 +\d\.\d{4} +0\.9214 +0\.\d{4} +0\.\d{4} to 0\.\d{4}", program.Output);
        Assert.Matches(@"model1b +329\.58 s +\d+\.\d\d s +0\.4776 +\d\.\d{4} +0\.9264 +0\.\d{4}", program.Output);
        Assert.Contains("Not comparable: 2 epochs instead of the study's 25.", program.Output, StringComparison.Ordinal);
        Assert.Matches("Generalizes best by test accuracy: study model1b, here model1[ab]; not comparable\\.\n", program.Output);
        Assert.Contains("model1b, returns diminish after epoch: study about 10 to 15, here -; not comparable.", program.Output, StringComparison.Ordinal);
        Assert.True(File.Exists("runs/table/curves.png"));
        Assert.Equal(2, Directory.GetDirectories("runs/model1a").Length);

        Assert.Equal(0, program.Run(["table", "model1b", "model1a", .. Small]));
        Assert.Contains($"model1b: {stopped}\n", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("epoch 1/2", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_whose_checkpoints_are_all_damaged_is_trained_again()
    {
        Assert.Equal(0, program.Run(["model1a", .. Small]));
        var damaged = Assert.Single(Directory.GetDirectories("runs/model1a"));
        File.Delete($"{damaged}/result.json");
        File.WriteAllText($"{damaged}/checkpoint.safetensors", "damaged");

        Assert.Equal(0, program.Run(["table", "model1a", .. Small]));

        Assert.Contains($"Warning: {damaged} cannot be continued: {damaged}: there is no checkpoint to continue from.", program.Output, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetDirectories("runs/model1a").Length);
        Assert.Matches(@"model1a +185\.64 s +\d+\.\d\d s", program.Output);
    }

    [Fact]
    public void A_run_on_other_training_images_is_not_taken_for_the_one_that_is_asked_for()
    {
        Assert.Equal(0, program.Run(["model1a", .. Small]));
        var other = Assert.Single(Directory.GetDirectories("runs/model1a"));
        var config = File.ReadAllText($"{other}/config.json");
        var place = config.IndexOf("\"train_fingerprint\": \"", StringComparison.Ordinal) + 22;
        File.WriteAllText($"{other}/config.json", $"{config[..place]}0000{config[(place + 4)..]}");

        Assert.Equal(0, program.Run(["table", "model1a", .. Small]));

        Assert.Equal(2, Directory.GetDirectories("runs/model1a").Length);
    }

    [Fact]
    public void A_model_that_is_not_in_the_table_is_refused()
    {
        Assert.Equal(2, program.Run("table", "resnet"));
        Assert.Equal("error: table resnet: the table has no such model. Give model1a, model1b, model2, model3, model4, fast, fast94, best, or none for all of the study's.\n", program.Error);
    }

    [Theory]
    // Straight up to epoch 5, then flat; a steady rise has no corner but the first point; a fall has none.
    [InlineData(new[] { 0.1, 0.3, 0.5, 0.7, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95 }, 5)]
    [InlineData(new[] { 0.5, 0.9, 0.95, 0.97, 0.98, 0.985 }, 2)]
    [InlineData(new[] { 0.9, 0.8, 0.7 }, null)]
    [InlineData(new[] { 0.5, 0.9 }, null)]
    public void Returns_diminish_after_the_knee_of_the_curve(double[] accuracies, int? knee) =>
        Assert.Equal(knee, StudyFindings.Knee([.. accuracies.Select((accuracy, i) => new EpochRecord(i + 1, 0, accuracy, 0, 0, 1, 1))]));
}
