using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;

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
        using var test = new Batches(Data.Test, TorchSharp.torch.CPU);
        Assert.Equal(best.TestLoss, FashionCnn.Evaluation.Evaluator.Evaluate(model, test)!.Loss);
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

    private static IEnumerable<string> Images(ImageSet images) =>
        Enumerable.Range(0, images.Count).Select(i => Convert.ToHexString(images.Pixels.AsSpan(i * 64, 64)));

    private static RunSettings Settings(EarlyStoppingSettings? stopping, double rate) => new(
        new TrainingSettings { Optimizer = new AdamSettings(rate), BatchSize = 8, Epochs = 12, ValidationSplit = 0.2, EarlyStopping = stopping },
        Seed: 1,
        Threads: 1,
        Device: "cpu");
}
