using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>What an optimizer carries from step to step must outlive the step's scope, and nothing else may.</summary>
public sealed class OptimizersInTrainingTests
{
    private static readonly DataSet Data = TestModels.Stripes(train: 41, test: 10);

    public static TheoryData<string> Names => [.. Settings.Keys];

    private static Dictionary<string, OptimizerSettings> Settings { get; } = new()
    {
        ["Adam"] = new AdamSettings(0.01),
        ["AdamW"] = new AdamWSettings(0.01),
        ["SGD"] = new SgdSettings(0.05),
        ["SGD with momentum"] = new SgdSettings(0.05, 0.9, WeightDecay: 0.001),
        ["SGD with Nesterov momentum"] = new SgdSettings(0.05, 0.9, Nesterov: true),
        ["RMSprop"] = new RmsPropSettings(0.005),
        ["RMSprop with momentum"] = new RmsPropSettings(0.005, Momentum: 0.9),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_lowers_the_loss_and_leaves_no_live_tensor_behind(string optimizer)
    {
        var live = new List<long>();
        var settings = new RunSettings(
            new TrainingSettings { Optimizer = Settings[optimizer], BatchSize = 8, Epochs = 4 }, Seed: 1, Threads: 1, Device: "cpu");
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();
        var before = LiveTensors.Count();

        var history = Trainer.Train(model, Data, settings, _ => live.Add(Tensor.TotalCount)).History;

        Assert.True(history[^1].TrainLoss < history[0].TrainLoss, $"{history[0].TrainLoss} to {history[^1].TrainLoss}");
        Assert.Equal(4 * 5, live.Count);
        Assert.Single(live.Distinct());
        Assert.Equal(before, LiveTensors.Count());
    }
}
