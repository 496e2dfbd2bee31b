using FashionCnn.Models;
using FashionCnn.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>Two steps on one weight of 1 with gradients 0.5 and -0.25, against the published update rules written out.</summary>
public sealed class OptimizersTests
{
    private const double Start = 1;
    private static readonly double[] Gradients = [0.5, -0.25];

    [Fact]
    public void Adam_follows_Kingma_and_Ba() => Check(new AdamSettings(0.1, 0.8, 0.9, 1e-3), Adam(weightDecay: 0));

    [Fact]
    public void AdamW_shrinks_the_weights_apart_from_the_gradient() => Check(new AdamWSettings(0.1, 0.8, 0.9, 1e-3, 0.5), Adam(weightDecay: 0.5));

    [Theory]
    [InlineData(0, false)]
    [InlineData(0.9, false)]
    [InlineData(0.9, true)]
    public void Sgd_carries_momentum_on(double momentum, bool nesterov)
    {
        double weight = Start, velocity = 0;
        foreach (var raw in Gradients)
        {
            var gradient = raw + (0.1 * weight);
            velocity = (momentum * velocity) + gradient;
            weight -= 0.1 * (nesterov ? gradient + (momentum * velocity) : velocity);
        }

        Check(new SgdSettings(0.1, momentum, nesterov, 0.1), weight);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public void RmsProp_divides_by_the_root_of_the_mean_square(double momentum)
    {
        double weight = Start, square = 0, buffer = 0;
        foreach (var gradient in Gradients)
        {
            square = (0.8 * square) + (0.2 * gradient * gradient);
            var update = gradient / (Math.Sqrt(square) + 1e-3);
            buffer = (momentum * buffer) + update;
            weight -= 0.1 * (momentum > 0 ? buffer : update);
        }

        Check(new RmsPropSettings(0.1, 0.8, momentum, 1e-3), weight);
    }

    private static double Adam(double weightDecay)
    {
        double weight = Start, mean = 0, square = 0;
        for (var step = 1; step <= Gradients.Length; step++)
        {
            weight -= 0.1 * weightDecay * weight;
            mean = (0.8 * mean) + (0.2 * Gradients[step - 1]);
            square = (0.9 * square) + (0.1 * Gradients[step - 1] * Gradients[step - 1]);
            weight -= 0.1 * (mean / (1 - Math.Pow(0.8, step))) / (Math.Sqrt(square / (1 - Math.Pow(0.9, step))) + 1e-3);
        }

        return weight;
    }

    private static void Check(OptimizerSettings settings, double expected)
    {
        using var weight = new Parameter(tensor(Start, dtype: float64));
        using var optimizer = Optimizers.Create(settings, [weight]);
        foreach (var gradient in Gradients)
        {
            weight.grad = tensor(gradient, dtype: float64);
            optimizer.step();
        }

        Assert.Equal(expected, weight.item<double>(), 1e-6);
    }
}
