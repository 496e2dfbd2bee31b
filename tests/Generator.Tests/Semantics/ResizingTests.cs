using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class ResizingTests
{
    [Theory]
    [InlineData("nearest", 2, 3)]
    [InlineData("nearest", 1, 2)]
    [InlineData("bilinear", 2, 3)]
    [InlineData("bilinear", 4, 1)]
    public void UpSampling_reads_each_value_where_Keras_does(string interpolation, int down, int right)
    {
        const int size = 5;
        using var scope = NewDisposeScope();
        using var model = Load($$"""{ "type": "UpSampling2D", "size": [{{down}}, {{right}}], "interpolation": "{{interpolation}}" }""", size);
        var image = randn(1, 3, size, size);

        var expected =
            from channel in Enumerable.Range(0, 3)
            from row in Enumerable.Range(0, size * down)
            from column in Enumerable.Range(0, size * right)
            select interpolation == "nearest"
                ? At(channel, row / down, column / right)
                // Pixels have their centers at half numbers; beyond the outermost centers the image goes on as it is there.
                : Between(channel, ((row + 0.5) / down) - 0.5, ((column + 0.5) / right) - 0.5);

        Check([.. expected], model, image);
        model.ChannelsLast = false;
        Check([.. expected], model, image);

        float At(int channel, int row, int column) => image[0, channel, Math.Clamp(row, 0, size - 1), Math.Clamp(column, 0, size - 1)].item<float>();

        float Between(int channel, double row, double column)
        {
            var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
            var (y, x) = (row - top, column - left);
            return (float)(((1 - y) * (((1 - x) * At(channel, top, left)) + (x * At(channel, top, left + 1))))
                + (y * (((1 - x) * At(channel, top + 1, left)) + (x * At(channel, top + 1, left + 1)))));
        }
    }

    [Theory]
    [InlineData("1", 1, 1, 1, 1)]
    [InlineData("[2, 0]", 2, 2, 0, 0)]
    [InlineData("[[0, 3], [1, 2]]", 0, 3, 1, 2)]
    public void Cropping_takes_rows_and_columns_away(string cropping, int top, int bottom, int left, int right)
    {
        using var scope = NewDisposeScope();
        using var model = Load($$"""{ "type": "Cropping2D", "cropping": {{cropping}} }""", 6);
        var image = randn(1, 3, 6, 6);

        var expected =
            from channel in Enumerable.Range(0, 3)
            from row in Enumerable.Range(top, 6 - top - bottom)
            from column in Enumerable.Range(left, 6 - left - right)
            select image[0, channel, row, column].item<float>();

        Check([.. expected], model, image);
    }

    [Theory]
    [InlineData("GlobalAveragePooling2D")]
    [InlineData("GlobalMaxPooling2D")]
    public void Dimensions_that_are_kept_make_an_image_of_one_pixel(string type)
    {
        using var scope = NewDisposeScope();
        using var kept = Load($$"""{ "type": "{{type}}", "keepdims": true }""", 4);
        var image = randn(1, 3, 4, 4);

        Assert.Equal("1x1x3", kept.Model.Layers[0].OutputShape.ToString());
        Check([.. Enumerable.Range(0, 3).Select(channel => image[0, channel].flatten().data<float>().ToArray()).Select(values => type == "GlobalMaxPooling2D" ? values.Max() : values.Average())], kept, image);
    }
}
