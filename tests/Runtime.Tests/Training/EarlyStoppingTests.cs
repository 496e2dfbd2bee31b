using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

public sealed class EarlyStoppingTests
{
    private static readonly DataSet Data = TestModels.Stripes(train: 90, test: 30);

    [Fact]
    public void Held_out_images_are_the_same_fraction_of_each_class_and_depend_on_the_seed()
    {
        var (train, validation) = Holdout.Split(Data.Train, 0.2, seed: 1);

        Assert.Equal(90, train.Count + validation.Count);
        foreach (var label in new byte[] { 0, 1, 2 })
        {
            Assert.Equal(Math.Round(0.2 * Data.Train.Labels.Count(other => other == label)), validation.Labels.Count(other => other == label));
        }

        Assert.Equal(validation.Pixels, Holdout.Split(Data.Train, 0.2, seed: 1).Validation.Pixels);
        Assert.NotEqual(validation.Pixels, Holdout.Split(Data.Train, 0.2, seed: 2).Validation.Pixels);
        // Every image is in exactly one of the two.
        Assert.Equal(Images(Data.Train).Order(), Images(train).Concat(Images(validation)).Order());
    }

    [Fact]
    public void A_split_that_leaves_nothing_is_refused() =>
        Assert.Contains("leaves none to validate on", Assert.Throws<InputException>(() => Holdout.Split(Data.Train.Take(5), 0.01, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Training_stops_after_the_patience_and_ends_with_the_best_weights()
    {
        // So large a step that the held-out loss soon gets worse.
        var settings = Settings(new EarlyStoppingSettings(2, "val_loss"), rate: 0.3);
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();

        var outcome = Trainer.Train(model, Data, settings);

        var best = outcome.History.MinBy(epoch => epoch.ValidationLoss)!;
        Assert.True(outcome.StoppedEarly);
        Assert.Equal(best.Epoch + 2, outcome.History.Count);
        Assert.Equal(best, outcome.Final);
        using var test = new Batches(Data.Test, CPU);
        Assert.Equal(best.TestLoss, FashionCnn.Evaluation.Evaluator.Evaluate(model, test)!.Loss);
    }

    // In bf16, training keeps copies of the weights: they are to be those of the best epoch too.
    [Fact]
    public void In_bf16_too_the_best_weights_are_those_that_predict()
    {
        var settings = Settings(new EarlyStoppingSettings(2, "val_accuracy"), rate: 0.01) with { Precision = "bf16" };
        using var model = Trainer.Create(TestModels.Small, settings.Seed);
        using var session = new TrainingSession(model, Data, settings);

        var outcome = session.Run(onStep: null, onEpoch: null, checkpoints: null, default);

        Assert.True(outcome.Final!.Epoch < outcome.History.Count);
        Assert.NotEqual(outcome.Final.TestLoss!.Value, outcome.History[^1].TestLoss!.Value, 1e-3);
        Assert.Equal(outcome.Final.TestLoss.Value, session.Predict().Loss, 1e-6);
    }

    [Fact]
    public void Without_early_stopping_the_held_out_images_decide_nothing()
    {
        var settings = Settings(stopping: null, rate: 0.3);
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();

        var outcome = Trainer.Train(model, Data, settings);

        Assert.Equal((12, false), (outcome.History.Count, outcome.StoppedEarly));
        Assert.Equal(outcome.History[^1], outcome.Final);
        Assert.All(outcome.History, epoch => Assert.NotNull(epoch.ValidationLoss));
    }

    [Fact]
    public void The_held_out_loss_is_the_one_that_is_trained_and_the_test_loss_is_plain()
    {
        using var scope = NewDisposeScope();
        var settings = Settings(stopping: null, rate: 0.01);
        settings = settings with { Training = settings.Training with { Epochs = 2, LabelSmoothing = 0.2 } };
        ModelDescriptor? regularized = null;
        regularized = TestModels.Small with { Regularizers = [new("dense1.weight", L1: 0.01, L2: 0.1)], Create = () => new SmallNet(regularized!) };
        Trainer.Prepare(settings);
        using var model = regularized.Create();

        var last = Trainer.Train(model, Data, settings).History[^1];

        var weights = model.state_dict()["dense1.weight"];
        var regularization = (0.01 * weights.abs().sum().item<float>()) + (0.1 * weights.square().sum().item<float>());
        Assert.Equal(Loss(Holdout.Split(Data.Train, 0.2, seed: 1).Validation, smoothing: 0.2) + regularization, last.ValidationLoss!.Value, 1e-5);
        Assert.Equal(Loss(Data.Test, smoothing: 0), last.TestLoss!.Value, 1e-5);

        double Loss(ImageSet images, double smoothing)
        {
            model.eval();
            var values = tensor(images.Pixels, dtype: float32).reshape(images.Count, 1, 8, 8) / 255;
            return nn.functional.cross_entropy(model.forward(values), tensor(images.Labels, dtype: int64), label_smoothing: smoothing).item<float>();
        }
    }

    private static IEnumerable<string> Images(ImageSet images) =>
        Enumerable.Range(0, images.Count).Select(i => Convert.ToHexString(images.Pixels.AsSpan(i * 64, 64)));

    private static RunSettings Settings(EarlyStoppingSettings? stopping, double rate) => new(
        new TrainingSettings { Optimizer = new AdamSettings(rate), BatchSize = 8, Epochs = 12, ValidationSplit = 0.2, EarlyStopping = stopping },
        Seed: 1,
        Threads: 1,
        Device: "cpu");
}
