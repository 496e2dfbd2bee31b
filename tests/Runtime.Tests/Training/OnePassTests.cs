using FashionCnn.Models;
using FashionCnn.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>The optimizers that take one pass against Torch's own, bit by bit, also after the learning rate has changed.</summary>
public sealed class OnePassTests
{
    // Below a vector, no multiple of one, and more than one part.
    private static readonly long[][] Shapes = [[3], [5, 7], [64, 3, 3, 3], [70_001]];

    [Fact]
    public void Adam_is_Torchs_to_the_bit()
    {
        using var scope = NewDisposeScope();
        var settings = new AdamSettings(0.01, 0.8, 0.95, 1e-6);

        Check(parameters => optim.Adam(parameters, 0.01, 0.8, 0.95, 1e-6), parameters => Assert.IsType<OnePassAdam>(Optimizers.Create(settings, parameters)));
    }

    [Fact]
    public void AdamW_is_Torchs_to_the_bit()
    {
        using var scope = NewDisposeScope();
        var settings = new AdamWSettings(0.01, 0.8, 0.95, 1e-6, 0.1);

        Check(parameters => optim.AdamW(parameters, 0.01, 0.8, 0.95, 1e-6, 0.1), parameters => Assert.IsType<OnePassAdamW>(Optimizers.Create(settings, parameters)));
    }

    private static void Check(Func<Parameter[], OptimizerHelper> torch, Func<Parameter[], OptimizerHelper> ours)
    {
        var (theirs, own) = (Make(), Make());
        using var reference = torch(theirs);
        using var optimizer = ours(own);
        for (var step = 0; step < 5; step++)
        {
            manual_seed(step);
            for (var i = 0; i < Shapes.Length; i++)
            {
                // One of them has no gradient once.
                theirs[i].grad = step == 2 && i == 1 ? null : randn(Shapes[i]);
                own[i].grad = theirs[i].grad?.clone();
            }

            foreach (var group in reference.ParamGroups.Concat(optimizer.ParamGroups))
            {
                group.LearningRate = 0.01 / (step + 1);
            }

            _ = reference.step();
            _ = optimizer.step();
            Assert.All(theirs.Zip(own), pair => Assert.Equal(pair.First.bytes, pair.Second.bytes));
        }

        static Parameter[] Make()
        {
            manual_seed(7);
            return [.. Shapes.Select(shape => new Parameter(randn(shape)))];
        }
    }
}
