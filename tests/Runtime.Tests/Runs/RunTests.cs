using System.Text.Json.Nodes;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Runs;

/// <summary>Whatever happens to a run, it is finished as the one to which nothing happened, and tells no lies about itself meanwhile.</summary>
public sealed class RunTests : KilledRuns
{
    // Killed is as good as an exception, which nothing in a run catches: no file is written after it.
    [Fact]
    public void A_run_that_was_killed_between_its_last_step_and_its_last_file_is_finished()
    {
        _ = Start("whole", Settings());
        Assert.Throws<KilledException>(() => Start("killed", Settings(), killAt: what => what is RunFinishing));
        Assert.False(Open("killed").IsFinished);
        foreach (var file in Final)
        {
            File.Delete(folder.File($"killed/{file}"));
        }

        var result = Continue("killed");

        Assert.True(result.Completed);
        Assert.True(Open("killed").IsFinished);
        CheckSame("whole", "killed");
    }

    // The end of the first epoch is the first that such a run has on the disk: nobody hears of it before it can be continued from there.
    [Fact]
    public void A_run_that_was_killed_as_its_first_epoch_ended_is_continued()
    {
        _ = Start("whole", Settings());
        Assert.Throws<KilledException>(() => Start("killed", Settings(), killAt: what => what is EpochDone, tensorBoard: true));

        var result = Continue("killed");

        Assert.True(result.Completed);
        CheckSame("whole", "killed");
        Assert.Equal([1, 2, 3], EventSteps("killed"));
    }

    [Fact]
    public void What_a_killed_process_left_half_written_goes_when_the_run_is_continued_or_started_again()
    {
        string[] remains = ["config.json", "history.csv", "result.json", "curves.png", "best.safetensors", "checkpoint-next.safetensors"];
        _ = Start("run", Settings(epochs: 1));
        foreach (var name in remains)
        {
            File.WriteAllText(folder.File($"run/{name}.12-0123456789abcdef0123456789abcdef.tmp"), "half");
        }

        string[] others = ["checkpoint.safetensors.backup.tmp", "notes.md.12-0123456789abcdef0123456789abcdef.tmp", "notes.tmp"];
        foreach (var name in others)
        {
            File.WriteAllText(folder.File($"run/{name}"), "a user's own");
        }

        _ = Continue("run", new RunChanges { Epochs = 2 });
        Assert.Equal(others, Temporary("run").Order(StringComparer.Ordinal));

        Directory.CreateDirectory(folder.File("again"));
        File.WriteAllText(folder.File("again/config.json.12-0123456789abcdef0123456789abcdef.tmp"), "half");
        File.WriteAllText(folder.File("again/checkpoint-next.safetensors.12-0123456789abcdef0123456789abcdef.tmp"), "half");
        _ = Start("again", Settings(epochs: 1));
        Assert.Empty(Temporary("again"));
    }

    [Fact]
    public void A_lengthened_run_is_unfinished_until_it_has_come_to_its_new_end()
    {
        _ = Start("run", Settings(epochs: 1));
        Assert.True(Open("run").IsFinished);

        Assert.Throws<KilledException>(() => Continue("run", new RunChanges { Epochs = 3 }, what => what is StepDone));

        Assert.False(Open("run").IsFinished);
        Assert.StartsWith($"{folder.File("run")}: the run is not finished: it has no result.json.", Assert.Throws<InputException>(() => Open("run").Read()).Message, StringComparison.Ordinal);
        Assert.Equal(3, Open("run").ReadConfiguration().Training.Epochs);

        // What was asked for still holds.
        _ = Continue("run");
        _ = Start("whole", Settings(epochs: 3));
        CheckSame("whole", "run");
        Assert.Empty(Open("run").ReadConfiguration().DecidingChanges);
    }

    // As earlier versions left a run that was lengthened and killed.
    [Fact]
    public void Files_that_do_not_belong_together_are_not_taken_for_a_run()
    {
        _ = Start("run", Settings(epochs: 1));
        var config = JsonNode.Parse(File.ReadAllText(folder.File("run/config.json")))!;
        config["training"]!["epochs"] = 10;
        File.WriteAllText(folder.File("run/config.json"), config.ToJsonString());

        Assert.False(Open("run").IsFinished);
        Assert.Equal(
            $"{folder.File("run")}: the files do not belong together: config.json asks for 10 epochs, result.json is of a run that was finished after 1. Continue the run, or train it again.",
            Assert.Throws<InputException>(() => Open("run").Read()).Message);
    }

    [Fact]
    public void A_start_that_is_refused_leaves_no_folder()
    {
        var settings = Settings();

        Assert.Throws<InputException>(() => Start("run", settings with { Training = settings.Training with { ValidationSplit = 0.001 } }));
        Assert.Throws<InputException>(() => Start("run", settings with { Training = settings.Training with { Optimizer = new SgdSettings(0.1, Nesterov: true) } }));
        Assert.Throws<InputException>(() => Start("run", settings, Data with { ClassNames = ["one", "two"] }));

        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Settings_that_a_spec_could_not_have_are_refused_in_the_words_that_a_spec_would_get()
    {
        Refused(new TrainingSettings { Optimizer = new AdamSettings(-1) }, "training.optimizer (Adam): \"learning_rate\" must be ", "optimizer");
        Refused(new TrainingSettings { Optimizer = new SgdSettings(double.NaN) }, "training.optimizer (SGD): \"learning_rate\" must be ", "optimizer");
        Refused(new TrainingSettings { BatchSize = 0 }, "training: \"batch_size\" must be ", "batch_size");
        Refused(new TrainingSettings { LabelSmoothing = 1 }, "training: \"label_smoothing\" must be ", "label_smoothing");
        new TrainingSettings { LearningRateSchedule = new OneCycleSchedule(0.1) }.Check();
        new TrainingSettings { ValidationSplit = 0.1, EarlyStopping = new EarlyStoppingSettings(3) }.Check();

        void Refused(TrainingSettings settings, string message, string setting)
        {
            var exception = Assert.Throws<InputException>(() => Start("run", Settings() with { Training = settings }));
            Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
            Assert.Equal(setting, exception.Setting);
        }
    }

    [Fact]
    public void A_start_that_diverged_at_once_can_be_made_again_in_the_same_folder()
    {
        Assert.Throws<TrainingFailedException>(() => Start("run", Settings() with { Training = new TrainingSettings { Optimizer = new SgdSettings(1e30), BatchSize = 8 } }));
        Assert.Equal(["config.json", "spec.json"], Directory.GetFileSystemEntries(folder.File("run")).Select(Path.GetFileName).Order());

        Assert.True(Start("run", Settings(epochs: 1)).Completed);
    }

    [Fact]
    public void A_start_with_TensorBoard_that_diverged_at_once_leaves_no_more()
    {
        var settings = Settings() with { Training = new TrainingSettings { Optimizer = new SgdSettings(1e30), BatchSize = 8 } };
        Assert.Throws<TrainingFailedException>(() => Start("run", settings, tensorBoard: true));
        Assert.Equal(["config.json", "spec.json"], Directory.GetFileSystemEntries(folder.File("run")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_run_with_TensorBoard_that_was_killed_within_its_first_epoch_goes_on_with_it()
    {
        var steps = 0;
        Assert.Throws<KilledException>(() => Start("run", Settings(), killAt: what => what is StepDone && ++steps == 3, tensorBoard: true, everyStep: true));

        _ = Continue("run");
        Assert.Equal([1, 2, 3], EventSteps("run"));
    }

    [Fact]
    public void A_finished_run_is_not_continued_without_more_epochs_and_stays_as_it_is()
    {
        _ = Start("run", Settings(epochs: 1));
        var before = Files("run");

        var exception = Assert.Throws<InputException>(() => Continue("run"));

        Assert.Equal($"{folder.File("run")}: the run is finished (1 of 1 epochs). Set a larger number of epochs to extend it, or start a new run.", exception.Message);
        Assert.Equal("epochs", exception.Setting);
        Assert.Equal(before, Files("run"));
    }

    [Fact]
    public void A_run_does_not_end_before_the_epoch_that_has_begun()
    {
        var steps = 0;
        Assert.Throws<KilledException>(() => Start("run", Settings(), killAt: what => what is StepDone && ++steps == 13, everyStep: true));

        var exception = Assert.Throws<InputException>(() => Continue("run", new RunChanges { Epochs = 1 }));

        Assert.Equal($"{folder.File("run")}: epoch 2 has begun, so the run cannot end after 1. Set at least 2 epochs.", exception.Message);
        Assert.Equal("epochs", exception.Setting);
        Assert.True(Continue("run", new RunChanges { Epochs = 2 }).Completed);
    }

    [Fact]
    public void Torch_has_the_run_s_threads_while_it_trains_and_its_own_after_it()
    {
        var before = get_num_threads();
        var during = 0;

        _ = Start("run", Settings(epochs: 1) with { Threads = before + 1 }, killAt: what => (during = get_num_threads()) == 0);

        Assert.Equal((before + 1, before), (during, get_num_threads()));
    }

    [Fact]
    public void A_folder_without_a_checkpoint_loses_nothing()
    {
        Directory.CreateDirectory(folder.File("run"));
        File.WriteAllText(folder.File("run/thesis.tmp"), "mine");

        Assert.Throws<InputException>(() => Continue("run"));
        Assert.Equal(["thesis.tmp"], Directory.GetFileSystemEntries(folder.File("run")).Select(Path.GetFileName));

        _ = Start("other", Settings(epochs: 1));
        File.WriteAllText(folder.File("other/thesis.tmp"), "mine");
        _ = Continue("other", new RunChanges { Epochs = 2 });
        Assert.True(File.Exists(folder.File("other/thesis.tmp")));
    }

    // In the night in which the clocks go back, and for someone who travels west, a later run has an earlier time in its name.
    [Fact]
    public void The_latest_run_is_the_one_that_started_last_whatever_the_clocks_showed()
    {
        _ = Start("runs/20261025-023000-1", Settings(epochs: 1));
        _ = Start("runs/20261025-021500-1", Settings(epochs: 1));

        Assert.Equal(folder.File("runs/20261025-021500-1"), RunList.Latest(folder.File("runs"))!.Path);
        Assert.Equal(folder.File("runs/20261025-021500-1"), RunList.LatestFinished(folder.File("runs"))!.Path);
    }

    [Fact]
    public void What_is_told_comes_in_order()
    {
        _ = Start("run", Settings(epochs: 2));

        Assert.Equal(
            ["RunStarted", "StepDone", "EpochDone", "StepDone", "EpochDone", "RunFinishing", "RunEnded"],
            events.Select(what => what.GetType().Name).Aggregate(new List<string>(), (names, name) => names.Count > 0 && names[^1] == name ? names : [.. names, name]));
    }

    private IEnumerable<string?> Temporary(string name) => Directory.GetFiles(folder.File(name), "*.tmp").Select(Path.GetFileName);

    private List<long> EventSteps(string name)
    {
        using var file = File.OpenRead(Assert.Single(Directory.GetFiles(folder.File($"{name}/tensorboard"))));
        using var reader = new BinaryReader(file);
        var steps = new List<long>();
        while (file.Position < file.Length)
        {
            var length = reader.ReadInt64();
            file.Position += 4;
            var record = Tensorboard.Event.Parser.ParseFrom(reader.ReadBytes((int)length));
            file.Position += 4;
            if (record.Summary is not null)
            {
                steps.Add(record.Step);
            }
        }

        return steps;
    }

    private List<(string, string)> Files(string name) =>
        [.. Directory.GetFiles(folder.File(name)).Order(StringComparer.Ordinal).Select(file => (file, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))))];
}
