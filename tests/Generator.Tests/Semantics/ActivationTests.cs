using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class ActivationTests
{
    [Theory]
    [InlineData("relu", -2, 0)]
    [InlineData("relu6", 7, 6)]
    [InlineData("leaky_relu", -2, -0.4)]
    [InlineData("elu", -2, -0.8646647)]
    [InlineData("selu", -2, -1.5201665)]
    [InlineData("gelu", -2, -0.0455003)]
    [InlineData("silu", -2, -0.2384058)]
    [InlineData("sigmoid", -2, 0.1192029)]
    [InlineData("tanh", -2, -0.9640276)]
    [InlineData("softplus", -2, 0.1269280)]
    [InlineData("linear", -2, -2)]
    [InlineData("celu", -2, -0.8646647)]
    [InlineData("gelu_tanh", -2, -0.0454023)]
    [InlineData("gelu_tanh", 1, 0.8411920)]
    [InlineData("hard_silu", -2, -0.3333333)]
    [InlineData("hard_silu", 4, 4)]
    [InlineData("hard_sigmoid", -2, 0.1666667)]
    [InlineData("hard_sigmoid", -4, 0)]
    [InlineData("mish", -2, -0.2525015)]
    [InlineData("softsign", -2, -0.6666667)]
    [InlineData("exponential", -2, 0.1353353)]
    // Over two equal channels.
    [InlineData("log_softmax", -2, -0.6931472)]
    // Over two equal channels.
    [InlineData("softmax", -2, 0.5)]
    public void Activations_are_Kerass(string activation, double x, double expected)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "Conv2D", "filters": 2, "kernel_size": 1, "activation": "{{activation}}", "kernel_initializer": "zeros", "bias_initializer": "ones" }""", 1);
        using (no_grad())
        {
            model.state_dict()["conv1.bias"].mul_(x);
        }

        Assert.Equal(expected, model.forward(zeros(1, 3, 1, 1))[0, 0].item<float>(), 1e-5);
    }

    // Some activations are computed in place. The gradient must be the slope all the same, also where it needs the input.
    [Theory]
    [InlineData("relu")]
    [InlineData("relu6")]
    [InlineData("leaky_relu")]
    [InlineData("elu")]
    [InlineData("selu")]
    [InlineData("gelu")]
    [InlineData("silu")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("softplus")]
    [InlineData("linear")]
    [InlineData("softmax")]
    [InlineData("celu")]
    [InlineData("gelu_tanh")]
    [InlineData("hard_silu")]
    [InlineData("hard_sigmoid")]
    [InlineData("mish")]
    [InlineData("softsign")]
    [InlineData("exponential")]
    [InlineData("log_softmax")]
    public void The_gradient_of_an_activation_is_its_slope(string activation)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "Conv2D", "filters": 3, "kernel_size": 1, "activation": "{{activation}}", "kernel_initializer": "zeros" }""", 1);
        var bias = model.named_parameters().Single(pair => pair.name == "conv1.bias").parameter;
        var places = new[] { -1.5f, 0.7f, activation == "exponential" ? 1.1f : 6.4f };

        At(places).backward();

        for (var i = 0; i < places.Length; i++)
        {
            var (below, above) = (At(Moved(i, -0.01f)), At(Moved(i, 0.01f)));
            Assert.Equal((above.item<float>() - below.item<float>()) / 0.02, bias.grad![i].item<float>(), 2e-3);
        }

        // Weighted, since the values of a softmax always add up to one.
        Tensor At(float[] values)
        {
            using (no_grad())
            {
                bias.copy_(tensor(values));
            }

            return (model.forward(zeros(1, 3, 1, 1)) * tensor(new float[] { 1, 2, 3 })).sum();
        }

        float[] Moved(int place, float by) => [.. places.Select((value, i) => i == place ? value + by : value)];
    }

    // Keras's definition: max_value from there on, x from the threshold on, negative_slope · (x - threshold) below.
    [Theory]
    [InlineData(double.PositiveInfinity, 0, 0)]
    [InlineData(6, 0, 0)]
    [InlineData(1.5, 0, 0)]
    [InlineData(double.PositiveInfinity, 0.3, 0)]
    [InlineData(6, 0.3, 0)]
    [InlineData(double.PositiveInfinity, 0, 0.5)]
    [InlineData(double.PositiveInfinity, 0.25, 0.5)]
    [InlineData(1, 0.25, 0.5)]
    [InlineData(0.25, 0.25, 0.5)]
    public void ReLU_has_Kerass_keys(double maximum, double slope, double threshold)
    {
        using var scope = NewDisposeScope();
        var keys = FormattableString.Invariant($"\"negative_slope\": {slope}, \"threshold\": {threshold}") + (double.IsInfinity(maximum) ? string.Empty : FormattableString.Invariant($", \"max_value\": {maximum}"));
        using var model = Load($$"""{ "type": "ReLU", {{keys}} }""", 5);
        var image = (randn(1, 3, 5, 5) * 4).requires_grad_(true);

        var expected = image.data<float>().ToArray().Select(x => (float)(x <= threshold ? slope * (x - threshold) : Math.Min(x, maximum))).ToList();

        Check(expected, model, image);
        // Its slope where it is neither cut off nor bent.
        Forward(model, image).sum().backward();
        Assert.All(
            image.data<float>().ToArray().Zip(image.grad!.data<float>().ToArray()),
            pair => Assert.Equal(pair.First <= threshold ? slope : pair.First < maximum ? 1 : 0, pair.Second, 1e-6));
    }

    [Theory]
    [InlineData("", 3, 1, 1)]
    [InlineData(", \"shared_axes\": [1, 2]", 3, 1, 1)]
    [InlineData(", \"shared_axes\": []", 3, 4, 4)]
    [InlineData(", \"shared_axes\": [1]", 3, 1, 4)]
    [InlineData(", \"shared_axes\": [3]", 1, 4, 4)]
    [InlineData(", \"shared_axes\": [2, 3]", 1, 4, 1)]
    [InlineData(", \"shared_axes\": [3, 2, 1]", 1, 1, 1)]
    public void PReLU_has_a_factor_for_what_does_not_share_one(string axes, int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var model = Load($$"""{ "type": "PReLU", "alpha_initializer": { "type": "random_uniform", "minval": 0.1, "maxval": 2 }{{axes}} }""", 4);
        var image = randn(1, 3, 4, 4);
        var factors = model.state_dict()["prelu1.weight"].reshape(channels, height, width);

        var expected =
            from channel in Enumerable.Range(0, 3)
            from y in Enumerable.Range(0, 4)
            from x in Enumerable.Range(0, 4)
            let value = image[0, channel, y, x].item<float>()
            select value > 0 ? value : value * factors[Math.Min(channel, channels - 1), Math.Min(y, height - 1), Math.Min(x, width - 1)].item<float>();

        Assert.Equal(channels * height * width, model.Model.TotalParameters);
        Check([.. expected], model, image);
    }

    [Fact]
    public void ELU_goes_down_to_its_alpha()
    {
        using var scope = NewDisposeScope();
        using var model = Load("""{ "type": "ELU", "alpha": 0.7 }""", 4);
        var image = randn(1, 3, 4, 4);

        Check([.. image.data<float>().ToArray().Select(x => x > 0 ? x : 0.7f * (MathF.Exp(x) - 1))], model, image);
    }
}
