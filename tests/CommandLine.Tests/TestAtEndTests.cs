using System.Text.Json;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>--test-at-end, from the first line of a run to its report.</summary>
public sealed class TestAtEndTests : IDisposable
{
    private static readonly string[] Small =
        ["model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "2", "--validation-split", "0.2"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void The_test_images_are_evaluated_once_however_often_the_run_is_continued()
    {
        Assert.Equal(0, program.Run([.. Small, "--test-at-end", "--output", "run"]));

        Assert.Contains("The test images are evaluated once, after training\n", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"epoch 1/2  loss \d\.\d{4}  accuracy 0\.\d{4}  validation \d\.\d{4}  0\.\d{4}  \d+\.\d s", program.Output);
        Assert.Matches(@"this run +\d+\.\d\d s +\d\.\d{4} +0\.\d{4}", program.Output);
        Assert.Contains("\"test_at_end\": true", program.Read("run/config.json"), StringComparison.Ordinal);
        Assert.Equal([false, true], Tested());

        Assert.Equal(2, program.Run("train", "model1a", "--resume", "run", "--epochs", "3", "--test-at-end"));
        Assert.StartsWith("error: --test-at-end cannot be changed when a run is resumed", program.Error, StringComparison.Ordinal);

        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run", "--epochs", "3"));
        Assert.DoesNotContain("  test loss", program.Output, StringComparison.Ordinal);
        Assert.Equal([false, false, true], Tested());

        // Killed before its last file, it is finished in the same way.
        var result = Numbers();
        File.Delete("run/result.json");
        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run"));
        Assert.Equal(result, Numbers());
        Assert.Equal([false, false, true], Tested());

        // It is compared with a run that was evaluated after every epoch: their weights are the same.
        Assert.Equal(0, program.Run([.. Small.Select(word => word == "2" ? "3" : word), "--output", "usual"]));
        Assert.Equal(File.ReadAllBytes("usual/weights.safetensors"), File.ReadAllBytes("run/weights.safetensors"));
        Assert.Equal(0, program.Run("compare", "run", "usual"));
        Assert.Matches(@"model1a run, model1a usual +0 +0 +1\.0000", program.Output);
        Assert.Equal(0, program.Run("report", "run"));
        Assert.DoesNotContain("the test images only show how training went", program.Read("run/report.html"), StringComparison.Ordinal);
    }

    private List<bool> Tested()
    {
        using var history = JsonDocument.Parse(program.Read("run/history.json"));
        return [.. history.RootElement.EnumerateArray().Select(epoch => epoch.GetProperty("test_loss").ValueKind == JsonValueKind.Number)];
    }

    private (double, double) Numbers()
    {
        using var result = JsonDocument.Parse(program.Read("run/result.json"));
        return (result.RootElement.GetProperty("test_loss").GetDouble(), result.RootElement.GetProperty("test_accuracy").GetDouble());
    }
}
