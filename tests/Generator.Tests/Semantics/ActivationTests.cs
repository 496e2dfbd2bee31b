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
    public void The_gradient_of_an_activation_is_its_slope(string activation)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "Conv2D", "filters": 3, "kernel_size": 1, "activation": "{{activation}}", "kernel_initializer": "zeros" }""", 1);
        var bias = model.named_parameters().Single(pair => pair.name == "conv1.bias").parameter;
        var places = new[] { -1.5f, 0.7f, 6.4f };

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
}
