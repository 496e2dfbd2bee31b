using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>The test images may be left out of the epochs and evaluated once, after training.</summary>
public sealed class TestAtEndTests
{
    private static readonly DataSet Data = TestModels.Stripes(train: 90, test: 30);

    private static readonly RunSettings Settings = new(
        new TrainingSettings { Optimizer = new AdamSettings(0.3), BatchSize = 8, Epochs = 6, ValidationSplit = 0.2 }, Seed: 1, Threads: 1, Device: "cpu", TestAtEnd: true);

    [Fact]
    public void The_last_epoch_alone_has_their_numbers_and_nothing_else_changes()
    {
        var (outcome, weights) = Train(Settings);
        var (usual, usualWeights) = Train(Settings with { TestAtEnd = false });

        Assert.Equal(usualWeights, weights);
        Assert.Equal(
            usual.History.Select(epoch => (epoch.TrainLoss, epoch.TrainAccuracy, epoch.ValidationLoss, epoch.ValidationAccuracy)),
            outcome.History.Select(epoch => (epoch.TrainLoss, epoch.TrainAccuracy, epoch.ValidationLoss, epoch.ValidationAccuracy)));
        Assert.All(outcome.History.SkipLast(1), epoch => Assert.Equal((null, null), (epoch.TestLoss, epoch.TestAccuracy)));
        Assert.Equal(outcome.History[^1], outcome.Final);
        Assert.Equal(usual.History[^1].TestLoss!.Value, outcome.Final!.TestLoss!.Value, 1e-5);
        Assert.Equal(usual.History[^1].TestAccuracy, outcome.Final.TestAccuracy);
        Assert.Equal((outcome.Final.TestLoss, outcome.Final.TestAccuracy), (outcome.Predictions!.Loss, outcome.Predictions.Accuracy));
    }

    [Fact]
    public void Weights_of_an_earlier_epoch_give_that_epoch_its_numbers()
    {
        var settings = Settings with { Training = Settings.Training with { Epochs = 12, EarlyStopping = new EarlyStoppingSettings(2) } };

        var (outcome, _) = Train(settings);
        var (usual, _) = Train(settings with { TestAtEnd = false });

        Assert.True(outcome.StoppedEarly);
        var best = Assert.Single(outcome.History, epoch => epoch.TestLoss is not null);
        Assert.Equal(outcome.Final, best);
        Assert.Equal(usual.Final!.Epoch, best.Epoch);
        Assert.NotEqual(outcome.History.Count, best.Epoch);
        Assert.Equal(usual.Final.TestLoss!.Value, best.TestLoss!.Value, 1e-5);
    }

    [Fact]
    public void An_interrupted_training_has_no_numbers_of_them()
    {
        using var stop = new CancellationTokenSource();
        Trainer.Prepare(Settings);
        using var model = TestModels.Small.Create();

        var outcome = Trainer.Train(model, Data, Settings, onEpoch: _ => stop.Cancel(), cancellation: stop.Token);

        Assert.True(outcome.Canceled);
        Assert.NotEmpty(outcome.History);
        Assert.All(outcome.History, epoch => Assert.Null(epoch.TestLoss));
        Assert.Null(outcome.Predictions);
    }

    private static (TrainingOutcome Outcome, byte[] Weights) Train(RunSettings settings)
    {
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();
        var outcome = Trainer.Train(model, Data, settings);
        using var test = new Batches(Data.Test, CPU);
        Assert.Equal(Evaluator.Evaluate(model, test)!.Loss, outcome.Final!.TestLoss!.Value, 1e-5);
        return (outcome, [.. model.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value.cpu().contiguous().bytes.ToArray())]);
    }
}
