using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>
/// Steps of every optimizer against Keras's rules written out in double precision, in the processor's memory and by tensor operations, for
/// sizes below a vector, of no whole number of vectors, and of more than one part.
/// </summary>
public sealed class OptimizersTests
{
    private const double Rate = 0.1;
    private const int Steps = 3;
    private static readonly int[] Sizes = [1, 3, 64, 1_003];

    public static TheoryData<string> Names => [.. Rules.Keys];

    private static Dictionary<string, (OptimizerSettings Settings, Rule Move)> Rules { get; } = new()
    {
        ["Adam"] = (new AdamSettings(Rate, 0.8, 0.95, 1e-3), (g, m, v, step) =>
        {
            m = (0.8 * m) + (0.2 * g);
            v = (0.95 * v) + (0.05 * g * g);
            return (Rate * Math.Sqrt(1 - Math.Pow(0.95, step)) / (1 - Math.Pow(0.8, step)) * m / (Math.Sqrt(v) + 1e-3), m, v);
        }
        ),
        ["SGD"] = (new SgdSettings(Rate), (g, m, v, _) => (Rate * g, m, v)),
        ["SGD with momentum"] = (new SgdSettings(Rate, 0.9), (g, b, v, _) =>
        {
            b = (0.9 * b) - (Rate * g);
            return (-b, b, v);
        }
        ),
        ["SGD with Nesterov momentum"] = (new SgdSettings(Rate, 0.9, Nesterov: true), (g, b, v, _) =>
        {
            b = (0.9 * b) - (Rate * g);
            return ((Rate * g) - (0.9 * b), b, v);
        }
        ),
        ["RMSprop"] = (new RmsPropSettings(Rate, 0.8, 0, 1e-3), (g, v, b, _) =>
        {
            v = (0.8 * v) + (0.2 * g * g);
            return (Rate * g / Math.Sqrt(v + 1e-3), v, b);
        }
        ),
        ["RMSprop with momentum"] = (new RmsPropSettings(Rate, 0.8, 0.9, 1e-3), (g, v, b, _) =>
        {
            v = (0.8 * v) + (0.2 * g * g);
            b = (0.9 * b) + (Rate * g / Math.Sqrt(v + 1e-3));
            return (b, v, b);
        }
        ),
    };

    private delegate (double Step, double First, double Second) Rule(double gradient, double first, double second, int step);

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_follows_its_rule(string name)
    {
        var (settings, move) = Rules[name];
        var rule = UpdateRule.Of(settings);
        var random = new Random(3);
        foreach (var size in Sizes)
        {
            var expected = new (double Weight, double First, double Second)[size];
            var memory = Enumerable.Range(0, 3).Select(_ => new float[size]).ToArray();
            using var scope = NewDisposeScope();
            var weights = zeros(size);
            var slots = rule.Slots.Select(_ => zeros(size)).ToList();
            for (var step = 1; step <= Steps; step++)
            {
                var gradients = Enumerable.Range(0, size).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
                for (var i = 0; i < size; i++)
                {
                    var (by, first, second) = move(gradients[i], expected[i].First, expected[i].Second, step);
                    expected[i] = (expected[i].Weight - by, first, second);
                }

                var stepSize = rule.StepSize(Rate, step - 1);
                rule.Move(memory[0], gradients, rule.Slots.Count > 0 ? memory[1] : [], rule.Slots.Count > 1 ? memory[2] : [], (float)stepSize);
                rule.Move(weights, tensor(gradients), slots, stepSize);
            }

            var byTensors = weights.data<float>().ToArray();
            for (var i = 0; i < size; i++)
            {
                Assert.Equal(expected[i].Weight, memory[0][i], 1e-6);
                Assert.Equal(expected[i].Weight, byTensors[i], 1e-6);
            }
        }
    }
}
