using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using FashionCnn.Native;
using FashionCnn.Storage;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class ResumeTests : IDisposable
{
    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void Without_a_folder_the_latest_run_is_resumed_and_more_epochs_lengthen_it()
    {
        string[] small = ["model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1"];
        Assert.Equal(0, program.Run([.. small, "--epochs", "1"]));
        var run = Assert.Single(Directory.GetDirectories("runs/model1a"));

        Assert.Equal(2, program.Run("train", "model1a", "--resume"));
        Assert.Equal($"error: {run}: the run is finished (1 of 1 epochs). Set a larger number of epochs to extend it, or start a new run. Option: --epochs.\n", program.Error);

        Assert.Equal(0, program.Run("train", "model1a", "--resume", "--epochs", "2"));
        Assert.Contains($"Continuing {run} from the end of epoch 1.", program.Output, StringComparison.Ordinal);
        Assert.Contains("Changed: epochs 1 -> 2 from epoch 2. The change is recorded.", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, program.Run([.. small, "--epochs", "2", "--output", "whole"]));
        Assert.Equal(File.ReadAllBytes("whole/weights.safetensors"), File.ReadAllBytes($"{run}/weights.safetensors"));
    }

    [Fact]
    public void A_resumed_run_keeps_its_precision_and_says_when_it_is_changed()
    {
        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--precision", "bf16", "--output", "run"));
        Assert.Contains("cpu, 1 thread, bf16", program.Output, StringComparison.Ordinal);
        Assert.Contains("\"precision\": \"bf16\"", program.Read("run/config.json"), StringComparison.Ordinal);
        Assert.Contains("\"precision\": \"bf16\"", program.Read("run/result.json"), StringComparison.Ordinal);

        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run", "--epochs", "2"));
        Assert.DoesNotContain("Changed: precision", program.Output, StringComparison.Ordinal);
        Assert.Contains("cpu, 1 thread, bf16", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run", "--epochs", "3", "--precision", "fp32"));
        Assert.Contains("Changed: precision bf16 -> fp32 from epoch 3. The result will differ from that of a run that had this from its start.", program.Output, StringComparison.Ordinal);
        Assert.Contains("\"precision\": \"fp32\"", program.Read("run/config.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Bf16_where_the_processor_lacks_it_is_said_at_the_start_and_when_the_run_is_resumed()
    {
        // What a run leaves that began in bf16 on another processor, by auto or by choice, is this: config.json and checkpoint have the precision.
        var lacks = !ComputePrecision.IsNative("bf16", "cpu");
        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "32", "--test-images", "10", "--threads", "1", "--epochs", "1", "--precision", "bf16", "--output", "run"));
        Assert.Equal(lacks, program.Output.Contains("Note: this processor has no bf16 instructions. bf16 is no faster than fp32 here; --precision auto uses fp32.\n", StringComparison.Ordinal));

        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run", "--epochs", "2"));
        Assert.Equal(lacks, program.Output.Contains(
            "Note: this processor has no bf16 instructions. The run continues in bf16, as it began, which is no faster than fp32 here.\n", StringComparison.Ordinal));

        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "32", "--test-images", "10", "--threads", "1", "--epochs", "2", "--precision", "bf16", "--output", "whole"));
        Assert.Equal(File.ReadAllBytes("whole/weights.safetensors"), File.ReadAllBytes("run/weights.safetensors"));
    }

    [Fact]
    public void A_run_that_stopped_early_says_that_more_epochs_do_not_change_that()
    {
        Assert.Equal(0, program.Run(
            "model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "4", "--validation-split", "0.2", "--early-stopping", "patience=1,min_delta=50", "--output", "run"));
        Assert.Contains("Stopped early after 2 of 4 epochs", program.Output, StringComparison.Ordinal);
        var before = program.Read("run/result.json");

        foreach (var more in new[] { Array.Empty<string>(), ["--epochs", "9"] })
        {
            Assert.Equal(2, program.Run(["train", "model1a", "--resume", "run", .. more]));
            Assert.StartsWith("error: run: the run is finished. It stopped early after 2 of 4 epochs, and more epochs would not change that. Start a new run with different early_stopping.", program.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, program.Read("run/result.json"));
        // Killed between its last step and its last file, it is finished all the same.
        File.Delete("run/result.json");
        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run"));
        Assert.Equal(WithoutTimes("run/result.json"), Regex.Replace(before, "\"(train|test)_seconds\": [0-9.eE+-]+", string.Empty));
    }

    [Fact]
    public void A_finished_run_that_is_continued_and_stopped_keeps_no_weights_that_are_of_other_epochs()
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no kill to send a signal with.
            return;
        }

        Assert.Equal(0, program.Run(
            "model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--validation-split", "0.2", "--output", "run"));
        string[] ofTheEnd = ["best.safetensors", "last.safetensors", "predictions.csv"];
        Assert.All(ofTheEnd, file => Assert.True(File.Exists(Path.Combine("run", file)), file));

        using var process = Processes.Start(program.Folder, "train", "model1a", "--resume", "run", "--epochs", "1000");
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("epoch 2/", StringComparison.Ordinal))
        {
        }

        Process.Start("kill", $"{process.Id}")!.WaitForExit();
        _ = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(60_000));

        Assert.All(ofTheEnd, file => Assert.False(File.Exists(Path.Combine("run", file)), file));
        Assert.True(File.Exists(Path.Combine("run", "weights.safetensors")));
        using var result = JsonDocument.Parse(program.Read("run/result.json"));
        Assert.False(result.RootElement.GetProperty("completed").GetBoolean());
    }

    [Fact]
    public void A_run_that_was_stopped_while_it_evaluated_goes_on_with_that()
    {
        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--output", "run"));
        var store = new CheckpointStore("run", TimeSpan.Zero);
        using (TorchSharp.torch.NewDisposeScope())
        using (var end = store.Open(warning => Assert.Fail(warning)))
        {
            store.Write(
                end.Content with { State = end.Content.State with { Epoch = 1, Step = 3, LossSum = 200, Correct = 12, Seconds = 1, History = [] } },
                [.. end.File.Tensors.Keys.Select(name => KeyValuePair.Create(name, end.File.Read(name)))]);
        }

        File.Delete("run/result.json");

        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run"));

        Assert.Contains("Continuing run from epoch 1, step 3.", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"epoch 1/1  loss 2\.0833  accuracy 0\.1250  test loss \d\.\d{4}  test accuracy 0\.\d{4}  1\.0 s\n", program.Output);
    }

    [Theory]
    [InlineData("train model1a --resume", "error: There is no run of model1a to continue: none in runs/model1a has a checkpoint.")]
    [InlineData("train model1a --resume nowhere", "error: nowhere: there is no such folder.")]
    [InlineData("train model1a --resume .", "error: .: there is no checkpoint to continue from. Start a new run.")]
    [InlineData("train model1a --resume . --seed 4", "error: --seed cannot be changed when a run is resumed")]
    [InlineData("train model1a --resume . --optimizer SGD", "error: --optimizer cannot be changed when a run is resumed")]
    public void What_cannot_be_resumed_is_one_message(string args, string message)
    {
        Assert.Equal(2, program.Run(args.Split(' ')));

        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_another_model_is_refused_with_the_first_layer_that_differs_and_a_run_in_progress_is_left_alone()
    {
        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--output", "run"));

        Assert.Equal(2, program.Run("train", "model1b", "--resume", "run", "--epochs", "2"));
        Assert.StartsWith("error: The checkpoint of model1a does not fit model1b: its layer 1 is conv1 (Conv2D ", program.Error, StringComparison.Ordinal);

        using (new FileStream("run/run.lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(2, program.Run("train", "model1a", "--resume", "run", "--epochs", "2"));
            Assert.Equal("error: run: another process is training this run. Wait for it, or stop it.\n", program.Error);
        }

        File.WriteAllText("run/checkpoint.safetensors", "damaged");
        Assert.Equal(2, program.Run("train", "model1a", "--resume", "run", "--epochs", "2"));
        Assert.Contains("Warning: run/checkpoint.safetensors: not a safetensors file", program.Output, StringComparison.Ordinal);
    }

    private static string WithoutTimes(string file) => Regex.Replace(File.ReadAllText(file), "\"(train|test)_seconds\": [0-9.eE+-]+", string.Empty);
}
