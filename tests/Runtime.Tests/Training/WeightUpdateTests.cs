using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>What happens to gradients and weights around an optimizer's rule, in the processor's memory and by tensor operations.</summary>
public sealed class WeightUpdateTests
{
    private const double Rate = 0.5;
    private const string Kernel = "conv1.weight";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_decay_before_they_move(bool byTensors) =>
        Check(new SgdSettings(Rate, WeightDecay: 0.1), byTensors, (w, g, _) => (w * (1 - (Rate * 0.1))) - (Rate * g));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_gradient_is_scaled_to_the_norm_allowed(bool byTensors) =>
        Check(new SgdSettings(Rate) { Clipnorm = 0.25 }, byTensors, (w, g, norms) => w - (Rate * g * Math.Min(1, 0.25 / norms.Own)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_gradients_are_scaled_to_the_norm_allowed_of_them_together(bool byTensors) =>
        Check(new SgdSettings(Rate) { GlobalClipnorm = 0.25 }, byTensors, (w, g, norms) => w - (Rate * g * Math.Min(1, 0.25 / norms.All)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_norm_within_the_limit_changes_nothing(bool byTensors) =>
        Check(new SgdSettings(Rate) { GlobalClipnorm = 1e6 }, byTensors, (w, g, _) => w - (Rate * g));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Values_of_gradients_are_clipped(bool byTensors) =>
        Check(new SgdSettings(Rate) { Clipvalue = 0.3 }, byTensors, (w, g, _) => w - (Rate * Math.Clamp(g, -0.3, 0.3)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Regularizers_add_to_the_gradient_and_the_loss(bool byTensors)
    {
        using var scope = NewDisposeScope();
        var descriptor = TestModels.Small with { Regularizers = [new(Kernel, L1: 0.01, L2: 0.02)] };
        using var model = new SmallNet(descriptor);
        using var update = new WeightUpdate(model, new SgdSettings(Rate), byTensors);
        var before = Values(model);
        var gradients = SetGradients(model, 1);
        var loss = before[Kernel].Sum(w => (0.01 * Math.Abs(w)) + (0.02 * w * w));

        Assert.Equal(loss, update.RegularizationLoss(), 1e-6);
        Assert.True(update.Step(Rate, 0));

        var after = Values(model);
        foreach (var (name, values) in before)
        {
            for (var i = 0; i < values.Length; i++)
            {
                var extra = name == Kernel ? (0.01 * Math.Sign(values[i])) + (0.04 * values[i]) : 0;
                Assert.Equal(values[i] - (Rate * (gradients[name][i] + extra)), after[name][i], 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Averages_start_with_the_first_step_and_follow_the_weights(bool byTensors)
    {
        using var scope = NewDisposeScope();
        using var model = new SmallNet(TestModels.Small);
        using var update = new WeightUpdate(model, new SgdSettings(Rate) { UseEma = true, EmaMomentum = 0.9 }, byTensors);
        _ = SetGradients(model, 1);
        Assert.True(update.Step(Rate, 0));
        var first = Values(model)[Kernel];
        Assert.Equal(first, update.Averages.Single(pair => pair.Key == Kernel).Value.data<float>().ToArray());
        _ = SetGradients(model, 2);
        Assert.True(update.Step(Rate, 1));
        var second = Values(model)[Kernel];

        update.ExchangeAverages();
        var averages = Values(model)[Kernel];
        update.ExchangeAverages();

        Assert.All(averages.Select((value, i) => (value, (0.9 * first[i]) + (0.1 * second[i]))), pair => Assert.Equal(pair.Item2, pair.value, 1e-6));
        Assert.Equal(second, Values(model)[Kernel]);
    }

    [Theory]
    [InlineData(false, float.NaN)]
    [InlineData(false, float.PositiveInfinity)]
    [InlineData(true, float.NaN)]
    public void A_weight_that_is_no_longer_finite_is_seen_at_once(bool byTensors, float value)
    {
        using var scope = NewDisposeScope();
        using var model = new SmallNet(TestModels.Small);
        using var update = new WeightUpdate(model, new AdamSettings(), byTensors);
        _ = SetGradients(model, 1);
        Assert.True(update.Step(Rate, 0));
        using (no_grad())
        {
            model.Dense1.bias!.grad![1] = value;
        }

        Assert.False(update.Step(Rate, 1));
    }

    [Fact]
    public void Two_threads_do_what_one_does()
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        try
        {
            Assert.Equal(Steps(1), Steps(2));
        }
        finally
        {
            set_num_threads(threads);
        }

        static float[] Steps(int count)
        {
            set_num_threads(count);
            manual_seed(1);
            using var model = new LargeNet();
            using var update = new WeightUpdate(model, new AdamWSettings { GlobalClipnorm = 0.5 });
            for (var step = 0; step < 2; step++)
            {
                model.Dense.weight!.grad = randn(model.Dense.weight.shape);
                Assert.True(update.Step(Rate, step));
            }

            return model.Dense.weight!.data<float>().ToArray();
        }
    }

    private static void Check(SgdSettings settings, bool byTensors, Func<double, double, (double Own, double All), double> expected)
    {
        using var scope = NewDisposeScope();
        using var model = new SmallNet(TestModels.Small);
        using var update = new WeightUpdate(model, settings, byTensors);
        var before = Values(model);
        var gradients = SetGradients(model, 1);
        var all = Norm(gradients.Values.SelectMany(values => values));

        Assert.True(update.Step(Rate, 0));

        var after = Values(model);
        foreach (var (name, values) in before)
        {
            var own = Norm(gradients[name]);
            for (var i = 0; i < values.Length; i++)
            {
                Assert.Equal(expected(values[i], gradients[name][i], (own, all)), after[name][i], 1e-6);
            }
        }
    }

    private static double Norm(IEnumerable<float> values) => Math.Sqrt(values.Sum(value => (double)value * value));

    private static Dictionary<string, float[]> Values(ImageClassifier model) =>
        model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.data<float>().ToArray());

    private static Dictionary<string, float[]> SetGradients(ImageClassifier model, int seed)
    {
        manual_seed(seed);
        foreach (var (_, parameter) in model.named_parameters())
        {
            parameter.grad = randn(parameter.shape);
        }

        return model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.grad!.data<float>().ToArray());
    }

    /// <summary>More weights than fit in one part.</summary>
    private sealed class LargeNet : ImageClassifier
    {
        public LargeNet()
            : base(TestModels.Small) => Dense = Register("dense", CreateDense(features: 64, units: 5_001));

        public TorchSharp.Modules.Linear Dense { get; }

        protected override Tensor Logits(Tensor x) => linear(Dense, flatten(x));
    }
}
