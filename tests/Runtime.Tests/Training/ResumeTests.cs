using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>A run that is stopped anywhere and resumed ends as the run that never was: byte for byte.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly DataSet Data = TestModels.Stripes(train: 101, test: 40);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Optimizers => ["Adam", "AdamW", "SGD", "Nesterov", "RMSprop", "averaged"];

    // Dropout, batch normalization, a schedule, label smoothing, held-out images and their best weights are in all of them.
    private static RunSettings Settings(string optimizer = "Adam") => new(
        new TrainingSettings
        {
            Optimizer = optimizer switch
            {
                "AdamW" => new AdamWSettings(0.01),
                "SGD" => new SgdSettings(0.05),
                "Nesterov" => new SgdSettings(0.05, 0.9, Nesterov: true),
                "RMSprop" => new RmsPropSettings(0.003, Momentum: 0.5),
                "averaged" => new AdamSettings(0.01) { UseEma = true, EmaMomentum = 0.8, GlobalClipnorm = 0.5 },
                _ => new AdamSettings(0.01),
            },
            LearningRateSchedule = new CosineDecaySchedule(WarmupEpochs: 1.5),
            LabelSmoothing = 0.1,
            ValidationSplit = 0.2,
            EarlyStopping = new EarlyStoppingSettings(3, "val_loss"),
            BatchSize = 8,
            Epochs = 4,
        },
        Seed: 3,
        Threads: 1,
        Device: "cpu");

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void A_resumed_run_ends_with_the_weights_of_the_one_that_was_never_stopped(string optimizer) => CheckResumed(optimizer, Settings(optimizer));

    [Fact]
    public void So_it_does_in_bf16() => CheckResumed("bf16", Settings() with { Precision = "bf16" });

    // With so large a least change the rate falls after every epoch.
    [Fact]
    public void So_it_does_with_mixed_images_and_a_rate_that_the_held_out_images_lower()
    {
        var settings = Settings();
        CheckResumed("mixed", settings with
        {
            Training = settings.Training with { LearningRateSchedule = new ReduceLROnPlateauSchedule(Factor: 0.5, Patience: 1, MinDelta: 10), Mixup = 0.4, Cutmix = 1, EarlyStopping = null },
        });
    }

    // The model is large enough for Torch, the optimizer's step and the masks to share their work among threads: on a processor with AVX2, one
    // thread ends with other bytes.
    [Fact]
    public void With_two_threads_a_run_repeats_byte_for_byte_and_so_does_a_resumed_one()
    {
        var settings = Settings() with { Training = Settings().Training with { BatchSize = 32, Epochs = 2 }, Threads = 2 };
        try
        {
            Assert.Equal(
                Train(settings, null, model: TestModels.Augmented, onStep: _ => Assert.Equal(2, get_num_threads())).Weights,
                Train(settings, null, model: TestModels.Augmented).Weights);

            // 81 images in batches of 32: 3 steps an epoch.
            CheckResumed("two threads", settings, TestModels.Augmented, [[1], [3], [4, 1]]);
        }
        finally
        {
            set_num_threads(1);
        }
    }

    [Fact]
    public void The_precision_decides_the_result() =>
        Assert.NotEqual(Train(Settings(), stopAfter: null).Weights, Train(Settings() with { Precision = "bf16" }, stopAfter: null).Weights);

    private void CheckResumed(string name, RunSettings settings) =>
        // In the first steps, within an epoch, at the end of one, and several times.
        CheckResumed(name, settings, TestModels.Small, [[1], [15], [11], [25, 3, 9]]);

    private void CheckResumed(string name, RunSettings settings, ModelDescriptor model, int[][] cases)
    {
        var (expected, expectedHistory) = Train(settings, stopAfter: null, model: model);

        foreach (var stops in cases)
        {
            var store = new CheckpointStore(Directory.CreateDirectory(folder.File($"{name}-{string.Join('-', stops)}")).FullName, TimeSpan.Zero);
            CheckpointFile? from = null;
            foreach (var stop in stops)
            {
                _ = Train(settings, stop, store, from, model: model);
                from?.Dispose();
                from = store.Open(_ => Assert.Fail("no checkpoint is damaged"));
            }

            var (weights, history) = Train(settings, stopAfter: null, store, from, model: model);
            Assert.Equal(expected, weights);
            Assert.Equal(expectedHistory, history);
            from!.Dispose();
        }
    }

    [Fact]
    public void A_run_that_was_stopped_while_it_evaluated_goes_on_with_evaluating()
    {
        var (expected, _) = Train(Settings(), stopAfter: null);
        var store = new CheckpointStore(folder.Path, TimeSpan.FromDays(1));
        // 81 images in batches of 8 are 10 steps, since a last batch of one is joined to the one before.
        var (_, history) = Train(Settings(), stopAfter: 10, store);
        using var checkpoint = store.Open(_ => { });

        Assert.Empty(history);
        Assert.Equal((1, 10), (checkpoint.Content.State.Epoch, checkpoint.Content.State.Step));
        Assert.Equal(expected, Train(Settings(), stopAfter: null, store, checkpoint).Weights);
    }

    [Fact]
    public void Within_an_epoch_the_interval_decides_and_after_an_epoch_there_is_always_one()
    {
        var always = new CheckpointStore(Directory.CreateDirectory(folder.File("always")).FullName, TimeSpan.Zero);
        var never = new CheckpointStore(Directory.CreateDirectory(folder.File("never")).FullName, TimeSpan.FromDays(1));
        var (alwaysSeen, neverSeen) = (new HashSet<string>(), new HashSet<string>());

        _ = Train(Settings(), null, always, onStep: _ => alwaysSeen.Add(always.Last?.Place ?? "none"));
        _ = Train(Settings(), null, never, onStep: _ => neverSeen.Add(never.Last?.Place ?? "none"));

        Assert.Contains("epoch 2, step 7", alwaysSeen);
        Assert.Equal(["none", "the end of epoch 1", "the end of epoch 2", "the end of epoch 3"], neverSeen.Order(StringComparer.Ordinal));
    }

    // As the last step before the loss shows it can leave it.
    [Theory]
    [InlineData("conv1.weight")]
    [InlineData("batch_norm1.running_mean")]
    public void A_checkpoint_whose_weights_are_not_finite_is_refused(string name)
    {
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        using var scope = NewDisposeScope();
        using var model = TestModels.Small.Create();
        using var session = new TrainingSession(model, TestModels.Stripes(81, 20), Settings());
        var before = model.state_dict()[name].clone();
        using (no_grad())
        {
            model.state_dict()[name].reshape(-1)[0] = float.NaN;
        }

        session.WriteCheckpoint(store);
        using (no_grad())
        {
            _ = model.state_dict()[name].copy_(before);
        }

        using var checkpoint = store.Open(_ => Assert.Fail("no checkpoint is damaged"));
        Assert.Equal(
            $"{Path.Combine(folder.Path, "checkpoint.safetensors")}: value 1 of model/{name} is NaN, so nothing can be computed with it. Start a new run, with a smaller learning rate.",
            Assert.Throws<InputException>(() => session.Resume(checkpoint)).Message);
        Assert.Equal(before.data<float>().ToArray(), model.state_dict()[name].data<float>().ToArray());
    }

    [Fact]
    public void Checkpoints_change_nothing() =>
        Assert.Equal(Train(Settings(), stopAfter: null).Weights, Train(Settings(), null, new CheckpointStore(folder.Path, TimeSpan.Zero)).Weights);

    [Fact]
    public void Writing_and_reading_a_checkpoint_leaves_no_live_tensor_behind()
    {
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        _ = Train(Settings(), stopAfter: 15, store);
        Trainer.Prepare(Settings());
        using var model = TestModels.Small.Create();
        var before = LiveTensors.Count();

        using (var checkpoint = store.Open(_ => { }))
        {
            _ = Trainer.Train(model, Data, Settings(), checkpoints: store, from: checkpoint);
        }

        Assert.Equal(before, LiveTensors.Count());
    }

    [Fact]
    public void Divergence_names_the_last_good_checkpoint()
    {
        var settings = Settings() with { Training = Settings().Training with { Optimizer = new SgdSettings(1e20), LearningRateSchedule = null, EarlyStopping = null } };

        var exception = Assert.Throws<TrainingFailedException>(() => Train(settings, null, new CheckpointStore(folder.Path, TimeSpan.Zero)));

        Assert.Matches(@"^The loss became \S+ in epoch 1, step \d+: training has diverged\. .+ Try a smaller learning_rate \(now 1E\+20\)[^.]*\. The last good checkpoint is of epoch 1, step \d+\.$", exception.Message);
    }

    // One step of one epoch: no loss after it is computed but that of the evaluation.
    [Fact]
    public void Divergence_in_the_very_last_step_is_seen_too()
    {
        var settings = Settings() with
        {
            Training = new TrainingSettings { Optimizer = new SgdSettings(1e38), BatchSize = 101, Epochs = 1 },
        };

        Assert.StartsWith("The loss on the test images is no longer a number after epoch 1: training has diverged.", Assert.Throws<TrainingFailedException>(() => Train(settings, null)).Message, StringComparison.Ordinal);
    }

    internal static (Dictionary<string, string> Weights, List<EpochRecord> History) Train(
        RunSettings settings, int? stopAfter, CheckpointStore? store = null, CheckpointFile? from = null, Action<StepProgress>? onStep = null, ModelDescriptor? model = null)
    {
        using var stop = new CancellationTokenSource();
        Trainer.Prepare(settings);
        using var network = (model ?? TestModels.Small).Create();
        var steps = 0;
        var outcome = Trainer.Train(
            network, Data, settings, step =>
            {
                onStep?.Invoke(step);
                if (++steps == stopAfter)
                {
                    stop.Cancel();
                }
            },
            checkpoints: store,
            from: from,
            cancellation: stop.Token);
        using var scope = TorchSharp.torch.NewDisposeScope();
        return (
            network.state_dict().ToDictionary(pair => pair.Key, pair => Convert.ToHexString(pair.Value.bytes)),
            [.. outcome.History.Select(epoch => epoch with { TrainSeconds = 0, TestSeconds = 0 })]);
    }
}
