using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class AugmentationAndDropoutTests
{
    /// <summary>The same chances in every run.</summary>
    public AugmentationAndDropoutTests() => _ = manual_seed(1);

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

        var channels = Forward(model, ones(50, 3, 6, 6)).reshape(150, 36).data<float>().ToArray().Chunk(36).ToList();

        Assert.All(channels, values => Assert.Single(values.Distinct()));
        Assert.Equal([0f, 2f], channels.Select(values => values[0]).Distinct().Order());
    }

    [Theory]
    [InlineData("""{ "type": "RandomFlip" }""")]
    [InlineData("""{ "type": "RandomTranslation", "height_factor": 0.3, "width_factor": 0.3 }""")]
    [InlineData("""{ "type": "RandomTranslation", "height_factor": 0.3, "width_factor": 0.3, "fill_mode": "constant", "interpolation": "nearest" }""")]
    [InlineData("""{ "type": "RandomErasing" }""")]
    [InlineData("""{ "type": "RandomErasing", "fill_value": 0 }""")]
    [InlineData("""{ "type": "RandomRotation", "factor": 0.2 }""")]
    [InlineData("""{ "type": "RandomZoom", "height_factor": 0.2 }""")]
    [InlineData("""{ "type": "RandomContrast", "factor": 0.5 }""")]
    [InlineData("""{ "type": "RandomBrightness", "factor": 0.5 }""")]
    [InlineData("""{ "type": "GaussianNoise", "stddev": 0.5 }""")]
    [InlineData("""{ "type": "StochasticDepth", "rate": 0.5 }""")]
    public void Augmentation_acts_in_training_only_image_by_image_and_reproducibly_however_the_values_lie(string layer)
    {
        using var scope = NewDisposeScope();
        var model = Load(layer, 10);
        var images = rand(1, 3, 10, 10).expand(40, 3, 10, 10);

        model.eval();
        Assert.Equal(images.contiguous().data<float>().ToArray(), Forward(model, images).data<float>().ToArray());
        model.train();
        manual_seed(7);
        var first = model.forward(images).data<float>().ToArray();
        manual_seed(7);

        Assert.Equal(first, model.forward(images).data<float>().ToArray());
        manual_seed(7);
        model.ChannelsLast = false;
        Assert.Equal(first, model.forward(images).data<float>().ToArray());
        Assert.True(first.Chunk(300).Select(image => string.Join(",", image)).Distinct().Count() > (layer.Contains("Depth", StringComparison.Ordinal) ? 1 : 3));
    }

    [Fact]
    public void Whole_images_are_dropped_by_stochastic_depth()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "StochasticDepth", "rate": 0.2 }""", 3);
        model.train();

        var images = model.forward(ones(500, 3, 3, 3)).data<float>().ToArray().Chunk(27).ToList();

        Assert.All(images, values => Assert.Single(values.Distinct()));
        Assert.Equal([0f, 1.25f], images.Select(values => values[0]).Distinct().Order());
        Assert.InRange(images.Count(values => values[0] == 0), 65, 135);
    }

    [Fact]
    public void Gaussian_noise_has_its_standard_deviation()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "GaussianNoise", "stddev": 0.5 }""", 40);
        model.train();

        var noise = (model.forward(full(16, 3, 40, 40, 3f)) - 3).data<float>().ToArray();

        // Of 76,800 values: means differ by 0.0018, deviations by 0.0013.
        Assert.InRange(noise.Average(), -0.008, 0.008);
        Assert.InRange(Math.Sqrt(noise.Average(value => (double)value * value)), 0.494, 0.506);
        Assert.InRange(noise.Count(value => Math.Abs(value) > 1) / (double)noise.Length, 0.042, 0.049);
        Assert.True(noise.Distinct().Count() > 50_000);
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

        var images = Forward(model, arange(4, dtype: float32).reshape(1, 1, 2, 2).expand(200, 3, 2, 2)).data<float>().ToArray().Chunk(12);

        Assert.Equal(expected, string.Join(" ", images.Select(image => string.Concat(image[..4])).Distinct().Order()));
    }

    [Fact]
    public void Erased_rectangles_have_the_sides_that_are_asked_for()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "RandomErasing", "factor": [0.5, 0.5], "scale": [0.04, 0.25], "fill_value": 0.25 }""", 40);
        model.train();

        var outputs = model.forward(ones(600, 3, 40, 40)).reshape(600, 40, 40, 3);
        var erased = outputs.eq(0.25);

        Assert.True(outputs.eq(1).logical_or(erased).all().item<bool>());
        Assert.True(erased.eq(erased[TensorIndex.Ellipsis, ..1]).all().item<bool>());
        var masks = erased[TensorIndex.Ellipsis, 0].contiguous().data<bool>().ToArray().Chunk(1600).Where(mask => mask.Contains(true)).ToList();
        // The standard deviation is 12.
        Assert.InRange(masks.Count, 250, 350);
        var sides = masks.Select(mask => (Rows: Length(mask, place => place / 40), Columns: Length(mask, place => place % 40))).ToList();
        Assert.All(sides.Zip(masks), pair => Assert.Equal(pair.First.Rows * pair.First.Columns, pair.Second.Count(value => value)));
        // The root of 4 to 25 % of 40 pixels is 8 to 20, a part of a pixel more or less; each side is drawn on its own.
        Assert.All(sides, side => Assert.True(side is { Rows: >= 8 and <= 20, Columns: >= 8 and <= 20 }, $"{side}"));
        Assert.Equal([8, 20], new[] { sides.Min(side => side.Rows), sides.Max(side => side.Rows) });
        Assert.Equal([8, 20], new[] { sides.Min(side => side.Columns), sides.Max(side => side.Columns) });
        Assert.Contains(sides, side => side.Rows > 1.6 * side.Columns);
        Assert.Contains(sides, side => side.Columns > 1.6 * side.Rows);

        static int Length(bool[] mask, Func<int, int> place) => Enumerable.Range(0, 1600).Where(i => mask[i]).Select(place).Distinct().Count();
    }

    [Theory]
    [InlineData("1", 0.5)]
    [InlineData("0.4", 0.2)]
    [InlineData("[0.9, 1]", 0.95)]
    [InlineData("0", 0)]
    public void The_probability_of_erasing_is_drawn_itself(string factor, double share)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "RandomErasing", "factor": {{factor}}, "scale": [0.25, 0.25], "fill_value": 0 }""", 4);
        model.train();

        var erased = model.forward(ones(2000, 3, 4, 4)).eq(0).any(1).to(float32).mean().item<float>();

        Assert.InRange(erased, share - 0.045, share + 0.045);
    }

    [Fact]
    public void Without_a_value_noise_is_drawn_and_cut_off_at_the_range()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "RandomErasing", "factor": [1, 1], "scale": [1, 1], "value_range": [-1, 2] }""", 30);
        model.train();

        var values = model.forward(full(4, 3, 30, 30, 7f)).data<float>().ToArray();

        // Normal with the standard deviation 2: 31 % lie below -1, 16 % above 2; 19 % between 0 and 1.
        Assert.InRange(values.Count(value => value == -1) / 10_800.0, 0.29, 0.33);
        Assert.InRange(values.Count(value => value == 2) / 10_800.0, 0.14, 0.18);
        Assert.InRange(values.Count(value => value is > 0 and < 1) / 10_800.0, 0.17, 0.21);
        Assert.All(values, value => Assert.InRange(value, -1, 2));
        Assert.True(values.Distinct().Count() > 5_000);
    }
}
