using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Storage;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Runs;

/// <summary>What is changed when a run is continued holds from there, and config.json says so.</summary>
public sealed class RunChangesTests : KilledRuns
{
    [Fact]
    public void A_learning_rate_that_is_changed_is_used_and_recorded_from_where_it_holds()
    {
        _ = Start("run", Settings(epochs: 1));
        _ = Start("other", Settings(epochs: 1));

        var before = DenseWeights("run");

        _ = Continue("run", new RunChanges { Epochs = 2, LearningRate = 1e-12 });
        _ = Continue("other", new RunChanges { Epochs = 2 });

        // So small a rate moves no weight.
        Assert.Equal(before, DenseWeights("run"));
        Assert.NotEqual(before, DenseWeights("other"));

        var configuration = Open("run").ReadConfiguration();
        Assert.Equal(new SettingChange(2, 0, "learning_rate", "0.01", "1E-12", Decides: true), Assert.Single(configuration.DecidingChanges));
        Assert.Equal(["epochs", "learning_rate"], configuration.Changes.Select(change => change.Setting));
        // It is still known after it was continued once more.
        _ = Continue("run", new RunChanges { Epochs = 3 });
        Assert.Equal(["epochs", "learning_rate", "epochs"], Open("run").ReadConfiguration().Changes.Select(change => change.Setting));
    }

    [Fact]
    public void More_epochs_decide_only_where_the_learning_rates_depend_on_them()
    {
        _ = Start("run", Settings(epochs: 1, schedule: new CosineDecaySchedule()));

        _ = Continue("run", new RunChanges { Epochs = 2 });

        Assert.Equal("epochs 1 -> 2 from epoch 2", Assert.Single(Open("run").ReadConfiguration().DecidingChanges).ToString());
    }

    // Every rate so far is that of a run with more epochs: half a cosine begins after the warm-up.
    [Fact]
    public void More_epochs_within_the_warm_up_decide_nothing()
    {
        var schedule = new CosineDecaySchedule(WarmupEpochs: 2);
        Assert.Throws<KilledException>(() => Start("run", Settings(epochs: 3, schedule: schedule), killAt: what => what is StepDone { Progress.Epoch: 2 }));

        _ = Continue("run", new RunChanges { Epochs = 4 });

        Assert.Empty(Open("run").ReadConfiguration().DecidingChanges);
        _ = Start("whole", Settings(epochs: 4, schedule: schedule));
        CheckSame("whole", "run");
    }

    [Fact]
    public void A_change_that_is_taken_back_before_a_step_has_never_been()
    {
        Assert.Throws<KilledException>(() => Start("run", Settings(epochs: 2), killAt: what => what is StepDone { Progress.Epoch: 2 }));
        Assert.Throws<KilledException>(() => Continue("run", new RunChanges { LearningRate = 0.02, Threads = 2 }, what => what is RunStarted));
        Assert.Equal(["learning_rate 0.01 -> 0.02 from epoch 2", "threads 1 -> 2 from epoch 2"], Open("run").ReadConfiguration().Changes.Select(change => change.ToString()));

        _ = Continue("run", new RunChanges { LearningRate = 0.01, Threads = 1 });

        Assert.All(events.OfType<RunContinued>().Last().Changes, change => Assert.False(change.Decides));
        Assert.Empty(Open("run").ReadConfiguration().Changes);
        _ = Start("whole", Settings(epochs: 2));
        CheckSame("whole", "run");
    }

    [Fact]
    public void A_change_before_the_first_step_decides_nothing()
    {
        var before = new Checkpoint
        {
            Model = "small",
            ArchitectureFingerprint = string.Empty,
            Layers = [],
            Settings = Settings(),
            Data = DataReference.To(Data),
            State = TrainingState.Start,
            Origin = RunOrigin.Now,
        };

        var (now, _) = RunChanges.Between(before, before.Settings with { Precision = "bf16", Training = before.Settings.Training.WithLearningRate(0.5) }, stepsPerEpoch: 10);

        Assert.Equal([("learning_rate", false), ("precision", false)], now.Select(change => (change.Setting, change.Decides)));

        (now, _) = RunChanges.Between(before, before.Settings with { SyncBatchNorm = true }, stepsPerEpoch: 10);
        Assert.Equal("sync_batch_norm false -> true from epoch 1", Assert.Single(now).ToString());
    }

    private float[] DenseWeights(string name)
    {
        using var file = SafetensorsFile.Open(folder.File($"{name}/weights.safetensors"));
        using var weights = file.Read("dense1.weight");
        return weights.data<float>().ToArray();
    }
}
