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

        var images = Forward(model, arange(4, dtype: float32).reshape(1, 1, 2, 2).expand(200, 3, 2, 2)).data<float>().ToArray().Chunk(12);

        Assert.Equal(expected, string.Join(" ", images.Select(image => string.Concat(image[..4])).Distinct().Order()));
    }

    // A pair of equal numbers leaves nothing to chance.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.2, -0.4)]
    [InlineData(-0.25, 0.07)]
    [InlineData(0.55, 0.31)]
    [InlineData(-1, 1)]
    public void A_translation_reads_each_value_where_Keras_does(double down, double right)
    {
        const int size = 5;
        using var scope = NewDisposeScope();
        var image = rand(2, 3, size, size);
        foreach (var mode in new[] { "reflect", "constant", "wrap", "nearest" })
        {
            foreach (var interpolation in new[] { "bilinear", "nearest" })
            {
                var fill = mode == "constant" ? 0.5f : 0;
                using var model = Load(FormattableString.Invariant(
                    $$"""{ "type": "RandomTranslation", "height_factor": [{{down}}, {{down}}], "width_factor": [{{right}}, {{right}}], "fill_mode": "{{mode}}", "interpolation": "{{interpolation}}", "fill_value": {{fill}} }"""), size);
                model.train();

                var actual = model.forward(image).data<float>().ToArray();

                var expected = Images(image, size, (at, row, column) => Sample(at, size, mode, interpolation, fill, row - (down * size), column - (right * size)));
                Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            }
        }
    }

    [Fact]
    public void Translations_go_evenly_as_far_as_the_factors()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "RandomTranslation", "height_factor": 0.2, "width_factor": [0.1, 0.4], "fill_mode": "constant" }""", 20);
        model.train();
        // Where the middle of a bright spot comes to lie is where it was moved.
        var image = zeros(1, 3, 20, 20);
        image[0, TensorIndex.Colon, 10, 10] = tensor(1f);

        var outputs = model.forward(image.expand(4000, 3, 20, 20)).reshape(4000, 20, 20, 3)[TensorIndex.Ellipsis, 0];

        var down = (outputs.sum(2) * arange(20)).sum(1).data<float>().ToArray().Select(row => (row - 10) / 20).ToList();
        var right = (outputs.sum(1) * arange(20)).sum(1).data<float>().ToArray().Select(column => (column - 10) / 20).ToList();
        Check(down, -0.2, 0.2);
        Check(right, 0.1, 0.4);

        // Evenly: the quarters of the interval hold a quarter of the images each, within 4 standard deviations.
        static void Check(List<float> factors, double low, double high)
        {
            Assert.InRange(factors.Min(), low - 1e-4, low + 0.01);
            Assert.InRange(factors.Max(), high - 0.01, high + 1e-4);
            Assert.All(Enumerable.Range(0, 4), quarter => Assert.InRange(factors.Count(factor => (int)((factor - low) / (high - low) * 4) == quarter), 890, 1110));
        }
    }

    // What the spec augmented.json says: five whole shifts along each axis, equally probable.
    [Fact]
    public void A_factor_of_half_a_pixel_more_and_no_interpolation_shift_by_whole_pixels()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "RandomTranslation", "height_factor": 0.0892857, "width_factor": 0, "fill_mode": "constant", "interpolation": "nearest" }""", 28);
        model.train();
        var image = zeros(1, 3, 28, 28);
        image[0, TensorIndex.Colon, 10, 10] = tensor(1f);

        var outputs = model.forward(image.expand(5000, 3, 28, 28)).reshape(5000, 28, 28, 3)[TensorIndex.Ellipsis, 10, 0];

        var rows = outputs.argmax(1).data<long>().ToArray().GroupBy(row => row).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal([8, 9, 10, 11, 12], rows.Keys.Order());
        Assert.All(rows.Values, count => Assert.InRange(count, 880, 1120));
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

    /// <summary>The images of a batch, computed place by place, flattened.</summary>
    private static IEnumerable<float> Images(Tensor images, int size, Func<Func<int, int, float>, int, int, double> value)
    {
        var pixels = images.data<float>().ToArray();
        return
            from image in Enumerable.Range(0, (int)images.shape[0])
            from row in Enumerable.Range(0, size)
            from column in Enumerable.Range(0, size)
            from channel in Enumerable.Range(0, 3)
            select (float)value((y, x) => pixels[(((((image * 3) + channel) * size) + y) * size) + x], row, column);
    }

    /// <summary>The value of an image between its pixels.</summary>
    private static double Sample(Func<int, int, float> pixel, int size, string mode, string interpolation, double fill, double row, double column)
    {
        if (interpolation == "nearest")
        {
            return At((int)Math.Round(row), (int)Math.Round(column));
        }

        var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
        var (down, right) = (row - top, column - left);
        return ((1 - down) * (1 - right) * At(top, left)) + ((1 - down) * right * At(top, left + 1))
            + (down * (1 - right) * At(top + 1, left)) + (down * right * At(top + 1, left + 1));

        double At(int r, int c) => mode == "constant" && (r < 0 || c < 0 || r >= size || c >= size) ? fill : pixel(Inside(r), Inside(c));

        // One step at a time, until the place lies in the image.
        int Inside(int place)
        {
            while (place < 0 || place >= size)
            {
                place = mode switch
                {
                    "wrap" => place < 0 ? place + size : place - size,
                    "reflect" => place < 0 ? -1 - place : (2 * size) - 1 - place,
                    _ => place < 0 ? 0 : size - 1,
                };
            }

            return place;
        }
    }
}
