using System.Text.Json;
using System.Text.Json.Nodes;
using FashionCnn.Evaluation;
using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private static readonly RunOrigin Origin = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), []);
    private static readonly EpochRecord Epoch = new(1, 0.5, 0.75, 0.625, 0.8, 1.5, 0.25);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_many_that_want_one_folder_at_once_one_gets_it()
    {
        var taken = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => RunFolder.TryCreate(folder.File("run"))).Where(made => made is not null).ToList();

        using var owner = Assert.Single(taken)!.Value.Owner;
        Assert.Null(RunFolder.TryCreate(folder.File("run")));
    }

    [Fact]
    public void A_folder_is_used_again_while_it_holds_nothing_but_an_unstarted_run()
    {
        var (run, owner) = RunFolder.TryCreate(folder.File("run"))!.Value;
        using (owner)
        {
            run.WriteConfig(RunConfiguration.Of(TestModels.Small, TestModels.Stripes(10, 5), new RunSettings(TestModels.Small.Training, 7, 1, "cpu"), Origin));
            run.WriteSpec("{}");
        }

        // As a process leaves it that was killed: the lock's file, which nobody holds, and half a checkpoint.
        File.WriteAllText(folder.File("run/run.lock"), string.Empty);
        File.WriteAllText(folder.File("run/checkpoint-next.safetensors.12-0123456789abcdef0123456789abcdef.tmp"), "half");
        using (RunFolder.TryCreate(folder.File("run"))!.Value.Owner)
        {
        }

        File.WriteAllText(folder.File("run/notes.txt"), "mine");
        Assert.Null(RunFolder.TryCreate(folder.File("run")));
        File.Move(folder.File("run/notes.txt"), folder.File("run/checkpoint-next.safetensors.mine.tmp"));
        Assert.Null(RunFolder.TryCreate(folder.File("run")));
    }

    // Other programs have files of these names, too.
    [Theory]
    [InlineData("config.json", "{}")]
    [InlineData("config.json", "{ \"editor\": true }")]
    [InlineData("spec.json", "{ \"version\": 1 }")]
    public void A_folder_with_a_file_that_is_no_run_s_is_taken(string name, string text)
    {
        Directory.CreateDirectory(folder.File("mine"));
        File.WriteAllText(folder.File($"mine/{name}"), text);

        Assert.Null(RunFolder.TryCreate(folder.File("mine")));
        Assert.False(RunFolder.IsFree(folder.File("mine")));
        Assert.Equal([name], Directory.GetFiles(folder.File("mine")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(folder.File("file"), string.Empty);

        Assert.StartsWith(folder.File("file/run"), Assert.Throws<InputException>(() => Create(folder.File("file/run"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_result_has_the_documented_keys()
    {
        var run = Create(folder.File("run"));
        var settings = new RunSettings(TestModels.Small.Training with { Epochs = 1 }, 7, 1, "cpu");
        var data = TestModels.Stripes(10, 5);

        run.WriteConfig(RunConfiguration.Of(TestModels.Small, data, settings, Origin));
        run.WriteResult(RunResult.Of(TestModels.Small, data, settings, new TrainingOutcome([Epoch], Canceled: false, Final: Epoch)));
        run.WriteHistory([Epoch]);

        using var result = JsonDocument.Parse(File.ReadAllText(run.File("result.json")));
        Assert.Equal(
            ["model", "data", "sample", "train_images", "test_images", "epochs", "batch_size", "seed", "threads", "device", "completed", "stopped_early", "final_epoch", "train_seconds", "test_seconds", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "parameters", "multiply_accumulates", "precision", "left_out_images"],
            result.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(0.625, result.RootElement.GetProperty("test_loss").GetDouble());
        using var config = JsonDocument.Parse(File.ReadAllText(run.File("config.json")));
        Assert.Equal("Adam", config.RootElement.GetProperty("training").GetProperty("optimizer").GetProperty("type").GetString());
        Assert.Equal(0.9, config.RootElement.GetProperty("training").GetProperty("optimizer").GetProperty("beta_1").GetDouble());
        Assert.Equal("2.10.0.0", config.RootElement.GetProperty("versions").GetProperty("libtorch").GetString());
        Assert.Equal("epoch,train_loss,train_accuracy,test_loss,test_accuracy,train_seconds,test_seconds,validation_loss,validation_accuracy\n1,0.5,0.75,0.625,0.8,1.500,0.250,,\n", File.ReadAllText(run.File("history.csv")));
        Assert.Equal(["config.json", "history.csv", "history.json", "result.json"], Directory.GetFiles(run.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_run_from_before_there_was_a_choice_of_precision_was_computed_in_fp32()
    {
        var run = Create(folder.File("run"));
        var settings = new RunSettings(TestModels.Small.Training with { Epochs = 1 }, 7, 1, "cpu", "bf16");
        var data = TestModels.Stripes(10, 5);
        run.WriteConfig(RunConfiguration.Of(TestModels.Small, data, settings, Origin));
        run.WriteResult(RunResult.Of(TestModels.Small, data, settings, new TrainingOutcome([Epoch], Canceled: false, Final: Epoch)));
        run.WriteHistory([Epoch]);
        Assert.Equal(("bf16", "bf16"), (run.Read().Configuration.Precision, run.Read().Result.Precision));

        foreach (var file in new[] { run.File("config.json"), run.File("result.json") })
        {
            var json = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
            Assert.True(json.Remove("precision"));
            File.WriteAllText(file, json.ToJsonString());
        }

        Assert.Equal(("fp32", "fp32"), (run.Read().Configuration.Precision, run.Read().Result.Precision));
        Assert.Equal("fp32", JsonSerializer.Deserialize("""{ "Training": {}, "Seed": 1, "Threads": 1, "Device": "cpu" }""", CheckpointJson.Default.RunSettings)!.Precision);
    }

    [Fact]
    public void A_run_without_a_finished_epoch_and_losses_that_are_no_numbers_can_be_written()
    {
        var run = Create(folder.File("run"));
        var settings = new RunSettings(TestModels.Small.Training with { Epochs = 1 }, 7, 1, "cpu");

        run.WriteResult(RunResult.Of(TestModels.Small, TestModels.Stripes(10, 5), settings, new TrainingOutcome([], Canceled: true)));
        run.WriteHistory([Epoch with { TestLoss = double.PositiveInfinity }]);

        using var result = JsonDocument.Parse(File.ReadAllText(run.File("result.json")));
        Assert.Equal(JsonValueKind.Null, result.RootElement.GetProperty("test_loss").ValueKind);
        Assert.Equal((0, false), (result.RootElement.GetProperty("epochs").GetInt32(), result.RootElement.GetProperty("completed").GetBoolean()));
        Assert.Contains("\"Infinity\"", File.ReadAllText(run.File("history.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Predictions_are_read_of_a_run_that_was_trained_to_its_end(bool interrupted)
    {
        var run = Create(folder.File("run"));
        var settings = new RunSettings(TestModels.Small.Training with { Epochs = 1 }, 7, 1, "cpu");
        var data = TestModels.Stripes(10, 2);
        run.WriteConfig(RunConfiguration.Of(TestModels.Small, data, settings, Origin));
        run.WriteHistory([Epoch]);
        run.WritePredictions(new Predictions([0, 1], [0, 2], [0.75f, 0.5f], [0.25f, 2f]));
        run.WriteResult(RunResult.Of(TestModels.Small, data, settings, new TrainingOutcome([Epoch], interrupted, Final: Epoch)));

        var record = run.Read();

        Assert.Equal([Epoch], record.History);
        Assert.Equal(interrupted ? null : 2, record.Predictions?.Count);
    }

    private static RunFolder Create(string path)
    {
        var (run, owner) = RunFolder.TryCreate(path)!.Value;
        owner.Dispose();
        return run;
    }
}
