using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>A loss that is not finite is traced to the layer in which the first such value arose.</summary>
public sealed class DivergenceTests
{
    // The decay alone takes every weight beyond what float holds.
    private static readonly AdamWSettings TooFar = new(1e38) { WeightDecay = 100 };

    private static readonly DataSet Data = TestModels.Stripes(train: 101, test: 40);

    [Fact]
    public void Activations_that_overflow_are_named()
    {
        var exception = Diverge(new SgdSettings(1e30));

        Assert.Equal(FaultKind.Activations, exception.Fault.Kind);
        Assert.Matches(
            @"^The loss became .+ in epoch 1, step [23]: training has diverged\. The activations of \w+ \(\w+\) were the first values that were not finite; the weights of that layer still are\. Try a smaller learning_rate \(now 1E\+30\), or normalization before \w+ \(\w+\)\.$",
            exception.Message);
        Assert.Equal(("learning_rate", false), (exception.Setting, exception.SuspectsMachine));
    }

    [Fact]
    public void Weights_that_an_update_made_too_large_are_named()
    {
        var exception = Diverge(TooFar);

        Assert.Equal(new TrainingFault(FaultKind.Weights, "conv1 (conv2d)"), exception.Fault);
        Assert.Contains("The weights of conv1 (conv2d) are no longer finite: the update before was too large. Try a smaller learning_rate (now 1E+38).", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gradient_that_was_not_finite_is_named_though_it_has_spoiled_all_weights()
    {
        var exception = Diverge(new AdamSettings(0.01), Bend.RootOfZero);

        Assert.Equal(new TrainingFault(FaultKind.Gradients, "conv1 (conv2d)"), exception.Fault);
        Assert.Contains("A weight became NaN or infinite in epoch 1, step 1: training has diverged. The gradient of the weights of conv1 (conv2d) was the first value that was not finite. ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_not_finite_from_the_start_are_the_machines()
    {
        var exception = Diverge(new AdamSettings(0.01), Bend.Infinity);

        Assert.Equal(new TrainingFault(FaultKind.Activations, "bend"), exception.Fault);
        Assert.Contains("bend gave the first values that are not finite, with initial weights. The layer may be computed wrongly on this machine.", exception.Message, StringComparison.Ordinal);
        Assert.Equal((null, true), (exception.Setting, exception.SuspectsMachine));
    }

    [Fact]
    public void The_step_is_computed_once_more_with_the_same_random_numbers()
    {
        var exception = Diverge(new AdamSettings(1e-6), Bend.InfinityWhenDropped, epochs: 100);

        Assert.Equal(new TrainingFault(FaultKind.Activations, "bend"), exception.Fault);
    }

    [Fact]
    public void What_is_first_seen_in_evaluation_is_named_too()
    {
        var exception = Diverge(new SgdSettings(1e30), batchSize: 200);

        Assert.Equal(FaultKind.Activations, exception.Fault.Kind);
        Assert.StartsWith("The loss on the test images is no longer a number after epoch 1: training has diverged. The activations of ", exception.Message, StringComparison.Ordinal);
    }

    private static TrainingFailedException Diverge(OptimizerSettings optimizer, Bend bend = Bend.None, int batchSize = 8, int epochs = 3)
    {
        var settings = new RunSettings(new TrainingSettings { Optimizer = optimizer, BatchSize = batchSize, Epochs = epochs }, 1, Threads: 1, Device: "cpu");
        Trainer.Prepare(settings);
        using var model = new BentNet(TestModels.Small, bend);
        return Assert.Throws<TrainingFailedException>(() => Trainer.Train(model, Data, settings));
    }

    private enum Bend
    {
        None,
        RootOfZero,
        Infinity,
        InfinityWhenDropped,
    }

    private sealed class BentNet : ImageClassifier
    {
        private readonly Bend bend;

        public BentNet(ModelDescriptor descriptor, Bend bend)
            : base(descriptor)
        {
            this.bend = bend;
            Conv1 = Register("conv1", CreateConv2D(channels: 1, filters: 4, kernel: (3, 3), padding: (1, 1)));
            Dense1 = Register("dense1", CreateDense(features: 4 * 4 * 4, units: descriptor.Classes));
        }

        public Conv2d Conv1 { get; }

        public Linear Dense1 { get; }

        protected override Tensor Logits(Tensor x)
        {
            x = max_pool2d(conv2d(Conv1, x), (2, 2), (2, 2));
            x = flatten(x);
            if (bend != Bend.None)
            {
                x = dropout(x.abs() + 1, 0.5);
                x = Operate(x, bend, static (_, bend, x) => bend switch
                {
                    Bend.RootOfZero => x + (x * 0).sqrt(),
                    Bend.Infinity => x / 0,
                    // One image in 64 is dropped in its first six values.
                    _ => x + where(x.narrow(1, 0, 6).sum(1, keepdim: true).eq(0).slice(0, 0, 1, 1), double.PositiveInfinity, 0).to(x.dtype),
                }, "bend");
            }

            return linear(Dense1, x);
        }
    }
}
