using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class AugmentationAndDropoutTests
{
    [Fact]
    public void Dropout_scales_what_it_keeps_and_does_nothing_in_evaluation()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "Dropout", "rate": 0.75 }""", 40);
        var images = ones(1, 3, 40, 40);

        model.train();
        var dropped = model.forward(images).data<float>().ToArray();
        model.eval();

        Assert.Equal([0f, 4f], dropped.Distinct().Order());
        Assert.InRange(dropped.Count(value => value == 0) / 4800.0, 0.71, 0.79);
        Assert.All(model.forward(images).data<float>().ToArray(), value => Assert.Equal(1, value));
    }

    [Fact]
    public void Whole_channels_are_dropped()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "SpatialDropout2D", "rate": 0.5 }""", 6);
        model.train();

        var channels = model.forward(ones(50, 3, 6, 6)).reshape(150, 36).data<float>().ToArray().Chunk(36).ToList();

        Assert.All(channels, values => Assert.Single(values.Distinct()));
        Assert.Equal([0f, 2f], channels.Select(values => values[0]).Distinct().Order());
    }

    [Theory]
    [InlineData("""{ "type": "RandomFlip" }""")]
    [InlineData("""{ "type": "RandomTranslation", "height_factor": 0.3, "width_factor": 0.3 }""")]
    [InlineData("""{ "type": "RandomErasing", "rate": 0.9 }""")]
    public void Augmentation_acts_in_training_only_image_by_image_and_reproducibly(string layer)
    {
        using var scope = NewDisposeScope();
        var model = Load(layer, 10);
        var images = rand(1, 3, 10, 10).expand(40, 3, 10, 10);

        model.eval();
        Assert.Equal(images.contiguous().data<float>().ToArray(), model.forward(images).data<float>().ToArray());
        model.train();
        manual_seed(7);
        var first = model.forward(images).data<float>().ToArray();
        manual_seed(7);

        Assert.Equal(first, model.forward(images).data<float>().ToArray());
        Assert.True(first.Chunk(300).Select(image => string.Join(",", image)).Distinct().Count() > 3);
    }

    [Theory]
    [InlineData("horizontal", "0123 1032")]
    [InlineData("vertical", "0123 2301")]
    [InlineData("horizontal_and_vertical", "0123 1032 2301 3210")]
    public void Flips_are_along_the_axes_of_the_mode(string mode, string expected)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "RandomFlip", "mode": "{{mode}}" }""", 2);
        model.train();

        var images = model.forward(arange(4, dtype: float32).reshape(1, 1, 2, 2).expand(200, 3, 2, 2)).data<float>().ToArray().Chunk(12);

        Assert.Equal(expected, string.Join(" ", images.Select(image => string.Concat(image[..4])).Distinct().Order()));
    }

    [Fact]
    public void Translations_are_whole_pixels_up_to_the_factor_with_zeros_behind()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "RandomTranslation", "height_factor": 0.2, "width_factor": 0.4 }""", 5);
        model.train();
        var image = zeros(1, 3, 5, 5);
        image[0, TensorIndex.Colon, 2, 2] = tensor(1f);

        var outputs = model.forward(image.expand(400, 3, 5, 5)).reshape(400, 3, 25);

        // One pixel up or down, two to each side, every place as it must be and alike in all channels.
        var places = Enumerable.Range(0, 400).Select(i => outputs[i, 0].argmax().item<long>()).ToList();
        Assert.Equal(from row in Enumerable.Range(1, 3) from column in Enumerable.Range(0, 5) select (long)((row * 5) + column), places.Distinct().Order());
        Assert.All(outputs.sum(2).data<float>().ToArray(), sum => Assert.Equal(1, sum));
        Assert.True(outputs[TensorIndex.Colon, 0].eq(outputs[TensorIndex.Colon, 2]).all().item<bool>());
    }

    [Fact]
    public void Erased_rectangles_have_the_area_that_is_asked_for()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "RandomErasing", "rate": 0.5, "scale": [0.1, 0.2] }""", 40);
        model.train();

        var erased = model.forward(ones(300, 3, 40, 40)).reshape(300, 3, 1600).eq(0).to(float32).mean([2]);

        var shares = erased[TensorIndex.Colon, 0].contiguous().data<float>().ToArray();
        Assert.InRange(shares.Count(share => share > 0) / 300.0, 0.4, 0.6);
        // Rounding to whole pixels moves the area a little.
        Assert.All(shares.Where(share => share > 0), share => Assert.InRange(share, 0.085, 0.225));
        Assert.Equal(shares, erased[TensorIndex.Colon, 2].contiguous().data<float>().ToArray());
    }
}
