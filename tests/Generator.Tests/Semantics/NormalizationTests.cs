using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class NormalizationTests
{
    [Fact]
    public void Batch_normalization_moves_its_mean_by_one_minus_the_momentum()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "BatchNormalization", "momentum": 0.9, "epsilon": 0.01 }""", 4);
        var images = rand(5, 3, 4, 4);
        model.train();

        var output = Forward(model, images);

        for (var channel = 0; channel < 3; channel++)
        {
            var values = images[TensorIndex.Colon, channel].contiguous().data<float>().ToArray();
            var mean = values.Average();
            var variance = values.Average(value => (value - mean) * (value - mean));
            Assert.Equal(0.1 * mean, model.state_dict()["batch_norm1.running_mean"][channel].item<float>(), 1e-6);
            Assert.Equal((images[2, channel, 1, 3].item<float>() - mean) / Math.Sqrt(variance + 0.01), output[2, channel, 1, 3].item<float>(), 1e-4);
        }
    }

    // In evaluation the two are computed as one convolution.
    [Theory]
    [InlineData("conv1", "", "Conv2D", "\"filters\": 4, \"padding\": \"same\"", "")]
    [InlineData("conv1", "", "Conv2D", "\"filters\": 4, \"use_bias\": false, \"strides\": 2", "\"center\": false")]
    [InlineData("depthwise_conv1", "", "DepthwiseConv2D", "\"depth_multiplier\": 2", "\"scale\": false")]
    [InlineData("separable_conv1", ".pointwise", "SeparableConv2D", "\"filters\": 5", "\"center\": false, \"scale\": false")]
    public void A_convolution_takes_the_normalization_after_it_along_in_evaluation(string name, string part, string type, string settings, string normalization)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var model = Load($$"""{ "type": "{{type}}", "kernel_size": 3, {{settings}} }, { "type": "BatchNormalization", "epsilon": 0.01{{(normalization.Length > 0 ? ", " + normalization : string.Empty)}} }""", 8);
        foreach (var (_, values) in model.state_dict())
        {
            values.uniform_(0.5, 1.5);
        }

        var images = rand(2, 3, 8, 8);
        model.eval();
        var together = model.forward(images);
        // With the normalization made to do nothing, the convolution is seen alone.
        var weights = model.state_dict();
        var (mean, variance) = (weights["batch_norm1.running_mean"].clone(), weights["batch_norm1.running_var"].clone());
        var scale = weights.TryGetValue("batch_norm1.weight", out var weight) ? weight.clone() : ones(1);
        var shift = weights.TryGetValue("batch_norm1.bias", out var bias) ? bias.clone() : zeros(1);
        weights["batch_norm1.running_mean"].zero_();
        weights["batch_norm1.running_var"].fill_(0.99);
        _ = weight?.fill_(1);
        _ = bias?.zero_();
        var channels = weights[$"{name}{part}.weight"].shape[0];
        var alone = model.forward(images).reshape(-1, channels);

        var expected = ((alone - mean) / (variance + 0.01).sqrt() * scale) + shift;

        Assert.True(expected.allclose(together.reshape(-1, channels), 1e-4, 1e-4));
        Assert.False(expected.allclose(alone, 1e-2, 1e-2));
    }

    [Fact]
    public void Layer_normalization_is_over_the_channels_of_each_pixel()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "LayerNormalization", "epsilon": 0.02 }""", 2);
        var image = rand(1, 3, 2, 2);

        var expected =
            from channel in Enumerable.Range(0, 3)
            from y in Enumerable.Range(0, 2)
            from x in Enumerable.Range(0, 2)
            let values = Enumerable.Range(0, 3).Select(other => image[0, other, y, x].item<float>()).ToArray()
            select Normalized(values, channel, 0.02);

        Check([.. expected], model, image);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Layer_normalization_has_weight_and_bias_one_by_one(bool center, bool scale)
    {
        using var scope = NewDisposeScope();
        using var model = Load($$"""{ "type": "LayerNormalization", "center": {{(center ? "true" : "false")}}, "scale": {{(scale ? "true" : "false")}} }""", 2);
        using (no_grad())
        {
            foreach (var parameter in model.parameters())
            {
                _ = parameter.uniform_(0.5, 1.5);
            }
        }

        var weights = model.state_dict();
        var image = rand(1, 3, 2, 2);

        var expected =
            from channel in Enumerable.Range(0, 3)
            from y in Enumerable.Range(0, 2)
            from x in Enumerable.Range(0, 2)
            let values = Enumerable.Range(0, 3).Select(other => image[0, other, y, x].item<float>()).ToArray()
            select (Normalized(values, channel, 0.001) * (scale ? weights["layer_norm1.weight"][channel].item<float>() : 1)) + (center ? weights["layer_norm1.bias"][channel].item<float>() : 0);

        Assert.Equal((center ? 1 : 0) + (scale ? 1 : 0), weights.Count);
        Check([.. expected], model, image);
    }

    // Keras divides by the larger of the standard deviation and 1e-7.
    [Theory]
    [InlineData("", false)]
    [InlineData(", \"mean\": [0.5, -2, 0.25], \"variance\": [4, 0.01, 0]", true)]
    public void Normalization_is_by_constants_or_by_weights_that_training_leaves_alone(string keys, bool areConstants)
    {
        using var scope = NewDisposeScope();
        using var model = Load($$"""{ "type": "Normalization", "name": "pixels"{{keys}} }""", 2);
        var image = rand(1, 3, 2, 2);
        var (means, variances) = (new[] { 0.5, -2, 0.25 }, new[] { 4, 0.01, 0 });
        if (!areConstants)
        {
            var weights = model.state_dict();
            Assert.Equal("pixels.mean 0,0,0 pixels.variance 1,1,1 pixels.count 0", string.Join(" ", weights.Select(pair => $"{pair.Key} {string.Join(",", pair.Value.data<float>().ToArray())}")));
            Check([.. image.data<float>().ToArray()], model, image);
            using var guard = no_grad();
            _ = weights["pixels.mean"].copy_(tensor(means));
            _ = weights["pixels.variance"].copy_(tensor(variances));
        }

        var expected =
            from channel in Enumerable.Range(0, 3)
            from place in Enumerable.Range(0, 4)
            select (image[0, channel].flatten()[place].item<float>() - means[channel]) / Math.Max(Math.Sqrt(variances[channel]), 1e-7);

        var actual = Forward(model, image).data<float>().ToArray();
        Assert.Equal(expected.Count(), actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * (1 + Math.Abs(pair.First))));
        Assert.Equal(areConstants ? (0, 0) : (7L, 0L), (model.Model.TotalParameters, model.Model.TrainableParameters));
        Assert.Empty(model.parameters());
    }

    [Fact]
    public void A_layer_scale_multiplies_each_channel()
    {
        using var scope = NewDisposeScope();
        using var model = Load("""{ "type": "LayerScale" }""", 2);
        var factors = model.state_dict()["layer_scale1.weight"];
        Assert.Equal([1e-6f, 1e-6f, 1e-6f], factors.data<float>().ToArray());
        using (no_grad())
        {
            _ = factors.copy_(tensor(new[] { 2f, -1f, 0.5f }));
        }

        var image = randn(1, 3, 2, 2);

        Check([.. image.data<float>().ToArray().Select((value, i) => value * new[] { 2f, -1f, 0.5f }[i / 4])], model, image);
    }

    [Fact]
    public void Group_normalization_is_over_the_channels_of_a_group_and_all_pixels()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "GroupNormalization", "groups": 1, "epsilon": 0.02 }""", 2);
        var image = rand(1, 3, 2, 2);
        var values = image.data<float>().ToArray();

        Check([.. Enumerable.Range(0, 12).Select(i => Normalized(values, i, 0.02))], model, image);
    }

    private static float Normalized(float[] values, int index, double epsilon)
    {
        var mean = values.Average();
        return (float)((values[index] - mean) / Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + epsilon));
    }
}
