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

        var output = model.forward(images).reshape(5, 3, 4, 4);

        for (var channel = 0; channel < 3; channel++)
        {
            var values = images[TensorIndex.Colon, channel].contiguous().data<float>().ToArray();
            var mean = values.Average();
            var variance = values.Average(value => (value - mean) * (value - mean));
            Assert.Equal(0.1 * mean, model.state_dict()["batch_norm1.running_mean"][channel].item<float>(), 1e-6);
            Assert.Equal((images[2, channel, 1, 3].item<float>() - mean) / Math.Sqrt(variance + 0.01), output[2, channel, 1, 3].item<float>(), 1e-4);
        }
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
