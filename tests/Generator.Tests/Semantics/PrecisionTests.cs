using FashionCnn.Checks;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Tests;
using FashionCnn.Training;
using TorchSharp;
using Xunit;

namespace FashionCnn.Generator.Tests.Semantics;

/// <summary>Every spec computes what it says, in both precisions.</summary>
public sealed class PrecisionTests
{
    private const int Steps = 40;

    // Multiply-accumulates of a step, so that the suite stays short.
    private const long StepBudget = 40_000_000;

    public static TheoryData<string> Ids => [.. ProjectSpecs.Ids];

    [Theory]
    [MemberData(nameof(Ids))]
    public void In_fp32_logits_and_gradients_agree_with_double_precision(string id)
    {
        // With some seeds a value lies so near a kink of ReLU or a tie in a pool that rounding alone decides on which side, and gradients with it.
        // A kernel that is wrong is so with every seed. Winograd's algorithm rounds seven times as coarsely as the definition of a convolution, so that in
        // a network with millions of such values some are on the wrong side with every seed, each worth some 1e-4.
        var allowed = WinogradConvolution.IsForThisProcessor ? 1e-3 : 1e-4;
        IReadOnlyList<ModelDifference> differences = [];
        for (var seed = 1; seed <= 4 && (differences.Count == 0 || differences.Any(difference => !(difference.Value <= allowed))); seed++)
        {
            differences = ModelComparison.Measure(Model(id), torch.float32, batchSize: 8, seed);
        }

        Assert.Contains(differences, difference => difference.Quantity == "output");
        Assert.True(differences.Count > 4, "A model has weights in several layers.");
        Assert.All(differences, difference => Assert.True(difference.Value <= allowed, $"{difference}"));
    }

    // The mean of the loss over the steps, whose batches and random numbers are the same in both.
    [Theory]
    [MemberData(nameof(Ids))]
    public void Forty_steps_in_bf16_have_the_losses_of_fp32(string id)
    {
        var (fp32, bf16) = (Loss(id, ComputePrecision.Fp32), Loss(id, ComputePrecision.Bf16));

        Assert.True(double.IsFinite(fp32) && fp32 > 0);
        Assert.NotEqual(fp32, bf16);
        Assert.True(Math.Abs(fp32 - bf16) <= 0.03, $"fp32 {fp32}, bf16 {bf16}");
    }

    private static ModelDescriptor Model(string id) => CompiledModels.All[id];

    private static double Loss(string id, string precision)
    {
        var model = Model(id);
        var batchSize = (int)Math.Clamp(StepBudget / model.MultiplyAccumulates, 2, 8);
        var sample = DataSets.Open(DataSets.Sample, DataEnvironment.Current);
        var data = sample with { Train = sample.Train.Take(Steps * batchSize), Test = sample.Test.Take(1) };
        var training = model.Training with
        {
            Epochs = 1,
            BatchSize = batchSize,
            ValidationSplit = 0,
            EarlyStopping = null,
            LearningRateSchedule = null,
            Optimizer = Scaled(model.Training.Optimizer, (double)batchSize / model.Training.BatchSize),
        };
        var settings = new RunSettings(training, Seed: 1, Threads: 1, "cpu", precision);
        Trainer.Prepare(settings);
        using var module = model.Create();
        StepProgress? last = null;
        Trainer.Train(module, data, settings, onStep: step => last = step);
        Assert.Equal(Steps * batchSize, last!.ImagesDone);
        return last.Loss;
    }

    // The noise of gradients grows as batches shrink. The step of SGD goes with the gradient, that of the others with its sign, nearly.
    private static OptimizerSettings Scaled(OptimizerSettings optimizer, double share) =>
        optimizer with { LearningRate = optimizer.LearningRate * (optimizer is SgdSettings ? share : Math.Sqrt(share)) };
}
