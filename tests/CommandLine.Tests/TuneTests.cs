using System.Text.Json.Nodes;
using FashionCnn.Checks;
using FashionCnn.Models;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class TuneTests : IDisposable
{
    private const string CacheVariable = "XDG_CACHE_HOME";

    private static readonly string[] Small = ["--data", "sample", "--train-images", "96", "--test-images", "50", "--epochs", "1"];

    private readonly TestProgram program = new() { Child = FaultyModels.Program };
    private readonly string? cache = Environment.GetEnvironmentVariable(CacheVariable);

    public TuneTests() => Environment.SetEnvironmentVariable(CacheVariable, Path.Combine(program.Folder, "cache"));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(CacheVariable, cache);
        program.Dispose();
    }

    [Fact]
    public void A_run_is_tuned_once_and_is_the_one_that_has_the_same_settings_without_tuning()
    {
        Assert.Equal(0, Run(["train", "sound", "--tune", "--threads", "1", "--output", "tuned", .. Small]));

        Assert.Matches(@"(?m)^ +training, channels_last, 1 thread +[1-9][\d,]* *$", program.Output);
        Assert.Matches(@"(?m)^ +training, channels_first, 1 thread +[1-9][\d,]* *$", program.Output);
        foreach (var batch in new[] { 50, 100, 200, 500 })
        {
            Assert.Matches($@"(?m)^ +evaluation, {batch} images at once +[1-9][\d,]* *$", program.Output);
        }

        var (layout, threads, evaluationBatch) = Config("tuned");
        Assert.Equal(1, threads);
        var choice = $"{layout}, 1 thread, evaluation batch {evaluationBatch}";
        Assert.Contains($"Chosen: {choice}. It is kept in your cache for this model, precision and batch size.\n", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, Run(["train", "sound", "--tune", "--threads", "1", "--output", "again", .. Small]));
        Assert.Contains($"Tuned before on this machine: {choice} (from the cache).\n", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Images/s", program.Output, StringComparison.Ordinal);
        Assert.Equal((layout, threads, evaluationBatch), Config("again"));

        Assert.Equal(0, Run(["train", "sound", "--threads", "1", "--layout", layout, "--output", "plain", .. Small]));
        Assert.DoesNotContain("Tun", program.Output, StringComparison.Ordinal);
        foreach (var other in new[] { "again", "plain" })
        {
            Assert.Equal(File.ReadAllBytes("tuned/weights.safetensors"), File.ReadAllBytes($"{other}/weights.safetensors"));
        }

        // It is continued as it is.
        Assert.Equal(0, Run("train", "sound", "--resume", "tuned", "--epochs", "2", "--data", "sample"));
        Assert.Equal((layout, threads, evaluationBatch), Config("tuned"));
    }

    [Fact]
    public void A_setting_that_is_computed_wrongly_is_not_measured()
    {
        VerdictStore.User.Write(
            FaultyModels.Sound, SelfCheckSetting.Training("fp32", 1, 32) with { Layout = MemoryLayout.ChannelsFirst }, new SelfCheckVerdict([new LayerFault("conv2 (Conv2D)", "remembered")]));

        Assert.Equal(0, Run(["train", "sound", "--tune", "--threads", "1", "--precision", "fp32", "--output", "out", .. Small]));

        Assert.Matches(@"(?m)^ +training, channels_first, 1 thread +wrong *$", program.Output);
        Assert.Equal(MemoryLayout.ChannelsLast, Config("out").Layout);
    }

    [Fact]
    public void Where_nothing_can_be_checked_nothing_is_tuned()
    {
        using var other = new TestProgram();

        Assert.Equal(0, other.Run(FaultyModels.All, ["train", "sound", "--tune", "--threads", "1", "--output", "out", .. Small]));

        Assert.Contains("Note: nothing was tuned, because no setting could be checked.\n", other.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train sound --tune --no-self-check", "error: --tune measures only settings that pass the self-check. Omit --tune or --no-self-check.\n")]
    [InlineData("train sound --tune --resume", "error: --tune is for new runs: a resumed run keeps its layout, threads and evaluation batch. Omit --tune; --layout and --threads change the first two.\n")]
    [InlineData("table --tune --no-self-check", "error: --tune measures only settings that pass the self-check. Omit --tune or --no-self-check.\n")]
    public void What_contradicts_tuning_is_refused(string args, string message)
    {
        Assert.Equal(2, Run(args.Split(' ')));

        Assert.Equal(message, program.Error);
    }

    private int Run(params string[] args) => program.Run(FaultyModels.All, args);

    private (string Layout, int Threads, int EvaluationBatch) Config(string run)
    {
        var config = JsonNode.Parse(program.Read($"{run}/config.json"))!;
        return ((string)config["layout"]!, (int)config["threads"]!, (int)config["evaluation_batch"]!);
    }
}
