using System.Diagnostics;
using System.Text.Json;
using FashionCnn.Native;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class TrainTests : IDisposable
{
    private static readonly string[] Small = ["--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void A_run_reports_and_leaves_everything_in_its_folder()
    {
        Assert.Equal(0, program.Run(["model1a", "--epochs", "2", "--seed", "3", "--output", "out", .. Small]));

        Assert.Equal(
            ["checkpoint.safetensors", "config.json", "curves.png", "curves.svg", "history.csv", "history.json", "predictions.csv", "result.json", "spec.json", "weights.safetensors"],
            Directory.GetFiles("out").Select(Path.GetFileName).Order());
        using var result = JsonDocument.Parse(program.Read("out/result.json"));
        var root = result.RootElement;
        Assert.Equal(("model1a", "Fashion-MNIST sample", true, 2, 3), (root.GetProperty("model").GetString(), root.GetProperty("data").GetString(), root.GetProperty("sample").GetBoolean(), root.GetProperty("epochs").GetInt32(), root.GetProperty("seed").GetInt32()));
        Assert.Equal((96, 50, 32, 1_633_274), (root.GetProperty("train_images").GetInt32(), root.GetProperty("test_images").GetInt32(), root.GetProperty("batch_size").GetInt32(), root.GetProperty("parameters").GetInt64()));
        Assert.Matches(@"epoch 2/2  loss \d\.\d{4}  accuracy 0\.\d{4}  test loss \d\.\d{4}  test accuracy 0\.\d{4}", program.Output);
        Assert.DoesNotContain('\u001b', program.Output);
    }

    [Fact]
    public void The_sample_is_named_before_and_after_training_and_the_run_set_beside_the_study()
    {
        program.Run(["train", "model1a", "--epochs", "1", .. Small]);

        Assert.Equal(3, program.Output.Split("Note: Using the built-in sample of 6,000 training images, as requested.").Length);
        Assert.Matches(@"published +185\.64 s +0\.3146 +0\.9214", program.Output);
        Assert.Contains("Not comparable: 1 epoch instead of the study's 25.", program.Output, StringComparison.Ordinal);
        Assert.Contains("Not comparable: 96 training images instead of 60,000.", program.Output, StringComparison.Ordinal);
        var folder = Assert.Single(Directory.GetDirectories(Path.Combine("runs", "model1a")));
        Assert.Matches(@"\d{8}-\d{6}-1$", folder);
    }

    [Fact]
    public void Fewer_images_than_were_asked_for_are_said()
    {
        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "64", "--test-images", "1001", "--epochs", "1", "--threads", "1", "--precision", "fp32", "--output", "run"));
        Assert.Contains("Note: --test-images asks for 1,001, but there are only 1,000 test images; all of them are used.\n", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("--train-images", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, program.Run("evaluate", "model1a", "--weights", "run", "--data", "sample", "--test-images", "5000", "--threads", "1", "--precision", "fp32", "--format", "json"));
        Assert.Equal("Note: --test-images asks for 5,000, but there are only 1,000 test images; all of them are used.\n", program.Error);
    }

    [Fact]
    public void One_seed_gives_one_history_times_aside()
    {
        program.Run(["model1a", "--epochs", "2", "--seed", "3", "--output", "a", .. Small]);
        program.Run(["model1a", "--epochs", "2", "--seed", "3", "--output", "b", .. Small]);
        program.Run(["model1a", "--epochs", "2", "--seed", "4", "--output", "c", .. Small]);

        Assert.Equal(History("a"), History("b"));
        Assert.NotEqual(History("a"), History("c"));
    }

    [Fact]
    public void The_configuration_says_what_was_done_about_the_processors_caches()
    {
        program.Run(["model1a", "--epochs", "1", "--output", "out", .. Small]);

        using var config = JsonDocument.Parse(program.Read("out/config.json"));
        Assert.Equal(ProcessorCaches.State.Word, config.RootElement.GetProperty("processor_caches").GetString());
    }

    [Fact]
    public void Options_go_before_the_spec()
    {
        program.Run(["model1a", "--epochs", "1", "--batch-size", "48", "--learning-rate", "0.002", "--output", "out", .. Small]);

        using var config = JsonDocument.Parse(program.Read("out/config.json"));
        var training = config.RootElement.GetProperty("training");
        Assert.Equal((48, 0.002, "Adam"), (training.GetProperty("batch_size").GetInt32(), training.GetProperty("optimizer").GetProperty("learning_rate").GetDouble(), training.GetProperty("optimizer").GetProperty("type").GetString()));
        Assert.Equal(1e-7, training.GetProperty("optimizer").GetProperty("epsilon").GetDouble());
    }

    [Fact]
    public void On_a_terminal_a_bar_shows_each_epoch_and_its_line_stays()
    {
        Assert.Equal(0, program.RunOnTerminal(["model1a", "--epochs", "2", "--output", "out", .. Small]));

        Assert.Matches(@"epoch 1/2  loss \d\.\d{4}  accuracy \d\.\d{4}  [\d,]+/s  \d\d:\d\d left", program.Output);
        Assert.Matches(@"epoch 2/2  loss \d\.\d{4}  accuracy \d\.\d{4}  test \d\.\d{4}  \d\.\d{4}", program.Output);
    }

    [Fact]
    public void Divergence_is_a_message_and_exit_code_1()
    {
        Assert.Equal(1, program.Run(["model1a", "--epochs", "1", "--learning-rate", "1e30", .. Small]));

        Assert.StartsWith("error: The loss became NaN in epoch 1, step 2: training has diverged. ", program.Error, StringComparison.Ordinal);
        Assert.Matches(@"diverged\. The (activations|weights) of \w+ \(\w+\) .* Try a smaller learning_rate \(now 1E\+30\).* Option: --learning-rate\.$", program.Error);
    }

    [Fact]
    public void Data_of_another_size_is_refused_before_anything_is_trained()
    {
        Directory.CreateDirectory("small");
        foreach (var name in new[] { "train", "t10k" })
        {
            File.WriteAllBytes($"small/{name}-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 9, 9, 9, 9]);
            File.WriteAllBytes($"small/{name}-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 1, 5]);
        }

        Assert.Equal(2, program.Run("model1a", "--data", "small"));

        Assert.StartsWith("error: model1a takes images of 28x28x1 (height x width x channels), but those of small are 2x2x1.", program.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("runs"));
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void A_signal_stops_after_the_step_and_keeps_what_was_trained(string signal, int exitCode)
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no kill to send it with.
            return;
        }

        using var process = Processes.Start(program.Folder, ["model1a", "--epochs", "1000", "--validation-split", "0.2", "--output", "out", .. Small]);
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("epoch 2/", StringComparison.Ordinal))
        {
        }

        Process.Start("kill", [$"-{signal}", $"{process.Id}"])!.WaitForExit();
        var rest = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(60_000));

        Assert.Equal((exitCode, string.Empty), (process.ExitCode, process.StandardError.ReadToEnd()));
        // Whoever lost the terminal reads nothing any more.
        if (signal != "HUP")
        {
            Assert.Contains("Stopping after the current step; what was trained is kept.", rest, StringComparison.Ordinal);
            Assert.Matches(@"Stopped at (epoch \d+, step \d+|the end of epoch \d+)\. .* To continue: train model1a --resume out", rest);
            Assert.Contains("When training ends, the held-out images choose best.safetensors. Nothing is chosen by the test images.", rest, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(Path.Combine(program.Folder, "out", "checkpoint.safetensors")));
        Assert.False(File.Exists(Path.Combine(program.Folder, "out", "best.safetensors")));
        using var result = JsonDocument.Parse(program.Read("out/result.json"));
        Assert.False(result.RootElement.GetProperty("completed").GetBoolean());
        Assert.InRange(result.RootElement.GetProperty("epochs").GetInt32(), 2, 999);
        Assert.True(new FileInfo(Path.Combine(program.Folder, "out", "weights.safetensors")).Length > 4 * 1_633_274);
    }

    // nohup is asked for exactly so that training outlives the terminal.
    [Fact]
    public void A_run_that_is_to_outlive_its_terminal_does()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var process = Processes.Start("nohup", program.Folder, ["dotnet", Processes.Program, "model1a", "--epochs", "2", "--output", "out", .. Small]);
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("epoch 1/", StringComparison.Ordinal))
        {
        }

        Process.Start("kill", ["-HUP", $"{process.Id}"])!.WaitForExit();
        _ = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(60_000));

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("\"completed\": true", program.Read("out/result.json"), StringComparison.Ordinal);
    }

    // The command line takes no response files, which could bring in options.
    [Fact]
    public void A_name_that_begins_with_an_at_sign_is_a_name()
    {
        File.WriteAllText("at.txt", "--epochs 7");
        File.WriteAllText("at", "model1a");
        var at = ProjectModels.All.Single(model => model.Id == "model1a") with { Id = "@at" };

        Assert.Equal(2, program.Run("list", "@at.txt"));
        Assert.Equal("error: list: unexpected argument '@at.txt'.\nSee: list --help\n", program.Error);
        Assert.Equal(2, program.Run("model1a", "--data", "@at.txt"));
        Assert.StartsWith("error: @at.txt: there is no such folder.", program.Error, StringComparison.Ordinal);
        Assert.Equal(0, program.Run([at], ["@at", "--epochs", "1", "--output", "@out", .. Small]));
        Assert.True(File.Exists("@out/result.json"));
        Assert.Equal(0, program.Run([at], "summary", "@at"));
    }

    [Fact]
    public void With_a_least_change_the_words_do_not_call_the_kept_epoch_the_best()
    {
        // So large a least change that only the first epoch counts, though the second is better.
        Assert.Equal(0, program.Run(["model1a", "--epochs", "2", "--validation-split", "0.2", "--early-stopping", "patience=2,min_delta=50", "--output", "out", .. Small]));

        Assert.Contains("The weights are those of epoch 1, the last to improve val_loss by more than min_delta (50).", program.Output, StringComparison.Ordinal);
        using var history = JsonDocument.Parse(program.Read("out/history.json"));
        Assert.True(history.RootElement[1].GetProperty("validation_loss").GetDouble() < history.RootElement[0].GetProperty("validation_loss").GetDouble());
        Assert.Equal(0, program.Run("report", "out"));
        Assert.Contains("The weights are those of epoch 1, the last to improve val_loss by more than min_delta (50).", program.Read("out/report.html"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OneCycle,max_learning_rate=0.3,final_divisor=10000", "Adam, learning rate rising to 0.3 and falling to 3E-05 (OneCycle), batch size 32", "rising to 0.3 and falling to 3E-05 (OneCycle)")]
    [InlineData("CosineDecay,warmup_epochs=1,alpha=0.5", "Adam, learning rate 0.0001 falling to 5E-05 (CosineDecay, after a warm-up of 1 epoch), batch size 32", "0.0001 falling to 5E-05 (CosineDecay, after a warm-up of 1 epoch)")]
    [InlineData("PiecewiseConstantDecay,boundaries=1,values=0.01;0.001", "Adam, learning rate 0.01, 0.001 after 1 epoch (PiecewiseConstantDecay), batch size 32", "0.01, 0.001 after 1 epoch (PiecewiseConstantDecay)")]
    [InlineData("ExponentialDecay,decay_epochs=2,decay_rate=0.5", "Adam, learning rate 0.0001, times 0.5 every 2 epochs (ExponentialDecay), batch size 32", "0.0001, times 0.5 every 2 epochs (ExponentialDecay)")]
    [InlineData("constant", "Adam, learning rate 0.0001, batch size 32", "0.0001")]
    public void The_learning_rates_that_are_used_are_named_with_their_schedule(string schedule, string header, string reported)
    {
        Assert.Equal(0, program.Run(["model1a", "--epochs", "2", "--schedule", schedule, "--output", "out", .. Small]));
        Assert.Contains($"\n{header}, 2 epochs; seed", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, program.Run("report", "out"));
        Assert.Equal([reported], System.Text.RegularExpressions.Regex.Matches(program.Read("out/report.html"), "<th scope=\"row\">learning rate</th><td>([^<]*)</td>").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Stopped_in_its_first_epoch_a_run_has_no_numbers_and_claims_none()
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no kill to send a signal with.
            return;
        }

        using var process = Processes.Start(program.Folder, ["model1a", "--epochs", "2", "--test-at-end", "--output", "out", "--data", "sample", "--test-images", "40", "--threads", "1", "--batch-size", "2", "--no-self-check"]);
        while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("Run folder:", StringComparison.Ordinal))
        {
        }

        Process.Start("kill", ["-INT", $"{process.Id}"])!.WaitForExit();
        var (exitCode, output, _) = Processes.Finish(process);

        Assert.Equal(130, exitCode);
        Assert.Matches(@"Stopped at epoch 1, step \d+\. The weights are those of that step; no epoch is finished, so there are no numbers yet\.", output);
        Assert.Matches(@"\n  this run +- +- +- *\n", output);
        Assert.Equal(0, program.Run("report", "out"));
        var report = program.Read("out/report.html");
        Assert.Contains("The run was interrupted in the first of 2 epochs, so there are no numbers yet.", report, StringComparison.Ordinal);
        Assert.Contains("<dt>Training time</dt><dd>-</dd>", report, StringComparison.Ordinal);
        Assert.DoesNotContain("last finished epoch", report, StringComparison.Ordinal);
        Assert.Contains("The test images are evaluated once, when training ends.", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_that_diverged_does_not_block_its_folder()
    {
        Assert.Equal(1, program.Run(["model1a", "--epochs", "1", "--learning-rate", "1e30", "--output", "out", .. Small]));
        Assert.Contains("Option: --learning-rate.", program.Error, StringComparison.Ordinal);

        Assert.Equal(0, program.Run(["model1a", "--epochs", "1", "--output", "out", .. Small]));
    }

    private string History(string folder)
    {
        using var history = JsonDocument.Parse(program.Read($"{folder}/history.json"));
        return string.Join("\n", history.RootElement.EnumerateArray().Select(epoch => string.Join(" ", epoch.EnumerateObject().Where(value => !value.Name.EndsWith("seconds", StringComparison.Ordinal)).Select(value => value.Value.GetRawText()))));
    }
}
