using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static FashionCnn.Generator.Tests.Semantics.Sampling;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

/// <summary>Augmentation that moves pixels, and the two that change their values.</summary>
public sealed class MotionTests
{
    /// <summary>The same chances in every run.</summary>
    public MotionTests() => _ = manual_seed(1);

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
                Assert.Equal(expected.Count(), actual.Length);
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

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(-0.07)]
    [InlineData(0.4)]
    [InlineData(1)]
    public void A_rotation_reads_each_value_where_Keras_does(double factor)
    {
        // Counterclockwise with the rows downwards: what lies to the right of the center comes from below it at a quarter turn.
        const int size = 5;
        const double middle = (size - 1) / 2.0;
        var (sine, cosine) = (Math.Sin(factor * 2 * Math.PI), Math.Cos(factor * 2 * Math.PI));
        Check("RandomRotation", FormattableString.Invariant($"\"factor\": [{factor}, {factor}]"), size, (row, column) => (
            middle + (sine * (column - middle)) + (cosine * (row - middle)),
            middle + (cosine * (column - middle)) - (sine * (row - middle))));
    }

    [Fact]
    public void A_positive_rotation_is_counterclockwise()
    {
        using var scope = NewDisposeScope();
        using var model = Load("""{ "type": "RandomRotation", "factor": [0.25, 0.25], "interpolation": "nearest" }""", 3);
        model.train();
        var image = zeros(1, 3, 3, 3);
        image[0, 0, 0, 1] = tensor(1f);

        // From the top to the left.
        Assert.Equal(1, Forward(model, image)[0, 0, 1, 0].item<float>());
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(-0.45, null)]
    [InlineData(0.3, -0.2)]
    [InlineData(1, 0.6)]
    [InlineData(-1, -0.9)]
    public void A_zoom_reads_each_value_where_Keras_does(double height, double? width)
    {
        const int size = 5;
        const double middle = (size - 1) / 2.0;
        var factors = FormattableString.Invariant($"\"height_factor\": [{height}, {height}]") + (width is { } factor ? FormattableString.Invariant($", \"width_factor\": [{factor}, {factor}]") : string.Empty);
        Check("RandomZoom", factors, size, (row, column) => (middle + ((1 + height) * (row - middle)), middle + ((1 + (width ?? height)) * (column - middle))));
    }

    [Fact]
    public void A_zoom_of_one_factor_keeps_the_shape_of_things()
    {
        using var scope = NewDisposeScope();
        using var model = Load("""{ "type": "RandomZoom", "height_factor": 0.5, "fill_mode": "constant" }""", 16);
        model.train();
        var image = zeros(1, 3, 16, 16);
        image[0, .., 4..12, 4..12] = ones(3, 8, 8);

        var outputs = Forward(model, image.expand(100, 3, 16, 16))[.., 0];

        Assert.True(outputs.sum(2).allclose(outputs.sum(1), 1e-4, 1e-4));
        Assert.InRange(outputs.sum([1L, 2]).min().item<float>(), 64 / 1.5 / 1.5 * 0.9, 64 / 1.4 / 1.4 * 1.1);
        Assert.InRange(outputs.sum([1L, 2]).max().item<float>(), 64 / 0.6 / 0.6 * 0.9, 256);
    }

    // A single number is [0, number], as in Keras.
    [Theory]
    [InlineData("0.5", 1, 1.5)]
    [InlineData("[0.2, 0.4]", 0.8, 1.4)]
    [InlineData("[1, 1]", 0, 2)]
    public void Contrast_is_the_distance_from_the_mean_of_a_channel(string factor, double low, double high)
    {
        using var scope = NewDisposeScope();
        using var model = Load($$"""{ "type": "RandomContrast", "factor": {{factor}}, "value_range": [-9, 9] }""", 4);
        model.train();
        var image = randn(1, 3, 4, 4);

        var outputs = Forward(model, image.expand(400, 3, 4, 4));

        var factors = new List<float>();
        for (var i = 0; i < 400; i++)
        {
            var mean = image[0].mean([1, 2], keepdim: true);
            var by = ((outputs[i] - mean) / (image[0] - mean)).flatten();
            Assert.InRange(by.max().item<float>() - by.min().item<float>(), 0, 2e-2);
            factors.Add(by.median().item<float>());
        }

        Assert.InRange(factors.Min(), low - 1e-3, low + (0.03 * (high - low)));
        Assert.InRange(factors.Max(), high - (0.03 * (high - low)), high + 1e-3);
    }

    [Theory]
    [InlineData("0.25", "[0, 1]", -0.25, 0.25)]
    [InlineData("[0.1, 0.3]", "[0, 2]", 0.2, 0.6)]
    public void Brightness_is_added_and_clipped(string factor, string range, double low, double high)
    {
        using var scope = NewDisposeScope();
        using var model = Load($$"""{ "type": "RandomBrightness", "factor": {{factor}}, "value_range": {{range}} }""", 4);
        model.train();
        var image = rand(1, 3, 4, 4) * 0.9;
        image[0, 0, 0, 0] = tensor(0.5f);

        var outputs = Forward(model, image.expand(400, 3, 4, 4));

        var added = outputs[.., 0, 0, 0] - 0.5;
        Assert.True((image + added.view(-1, 1, 1, 1)).clamp(0, range == "[0, 1]" ? 1 : 2).allclose(outputs, 1e-5, 1e-6));
        Assert.InRange(added.min().item<float>(), low - 1e-6, low + 0.02);
        Assert.InRange(added.max().item<float>(), high - 0.02, high + 1e-6);
    }

    private static void Check(string type, string factors, int size, Func<int, int, (double Row, double Column)> from)
    {
        using var scope = NewDisposeScope();
        var image = rand(2, 3, size, size);
        foreach (var mode in new[] { "reflect", "constant", "wrap", "nearest" })
        {
            foreach (var interpolation in new[] { "bilinear", "nearest" })
            {
                var fill = mode == "constant" ? 0.5f : 0;
                using var model = Load(FormattableString.Invariant($$"""{ "type": "{{type}}", {{factors}}, "fill_mode": "{{mode}}", "interpolation": "{{interpolation}}", "fill_value": {{fill}} }"""), size);
                model.train();

                var actual = model.forward(image).data<float>().ToArray();

                var expected = Images(image, size, (at, row, column) => from(row, column) is var (y, x) ? Sample(at, size, mode, interpolation, fill, y, x) : 0);
                Assert.Equal(expected.Count(), actual.Length);
                Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            }
        }
    }
}
