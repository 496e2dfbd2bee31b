using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class ShapeAndMergeTests
{
    [Fact]
    public void Flatten_and_Reshape_go_by_height_width_channels()
    {
        using var scope = NewDisposeScope();
        var image = arange(12, dtype: float32).reshape(1, 3, 2, 2);

        // Value c, y, x of the image is 4 c + 2 y + x.
        Check([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], Load("""{ "type": "Reshape", "target_shape": [-1] }""", 2), image);
        Check([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], Load("""{ "type": "Flatten" }""", 2), image);
        // As 1x4x3 the rows follow each other.
        Check([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], Load("""{ "type": "Reshape", "target_shape": [1, 4, 3] }""", 2), image);
        // As 1x3x4 the first pixel holds the first four values in Keras's order: 0, 4, 8, 1.
        Check([0, 5, 10, 4, 9, 3, 8, 2, 7, 1, 6, 11], Load("""{ "type": "Reshape", "target_shape": [1, 3, 4] }""", 2), image);
    }

    [Fact]
    public void Padding_and_rescaling_change_what_they_say()
    {
        using var scope = NewDisposeScope();
        var image = ones(1, 3, 1, 1);

        Check([0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0], Load("""{ "type": "ZeroPadding2D", "padding": [[0, 1], [2, 0]] }""", 1), image);
        Check([2.5f, 2.5f, 2.5f], Load("""{ "type": "Rescaling", "scale": 3, "offset": -0.5 }""", 1), image);
    }

    [Fact]
    public void Merges_add_and_join_their_branches()
    {
        using var scope = NewDisposeScope();
        var image = tensor(new float[] { 1, 2, 3 }).reshape(1, 3, 1, 1);

        Check([3, 6, 9], Load("""{ "type": "Add", "branches": [[], [{ "type": "Rescaling", "scale": 2 }]] }""", 1), image);
        Check([2, 4, 6, 1, 2, 3], Load("""{ "type": "Concatenate", "branches": [[{ "type": "Rescaling", "scale": 2 }], []] }""", 1), image);
    }

    // All branches read one tensor, which the layer before has made in place: no branch may change it under the others.
    [Fact]
    public void No_branch_changes_what_the_others_read()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var model = Load(
            """
            { "type": "Conv2D", "filters": 3, "kernel_size": 1, "activation": "relu" },
            { "type": "Add", "branches": [
              [{ "type": "Activation", "activation": "sigmoid" }, { "type": "Conv2D", "filters": 3, "kernel_size": 1, "activation": "relu" }],
              [{ "type": "ReLU" }, { "type": "Dropout", "rate": 0.5 }],
              [{ "type": "Add", "branches": [[], [{ "type": "Activation", "activation": "tanh" }]] }],
              [{ "type": "DepthwiseConv2D", "kernel_size": 1, "activation": "elu" }],
              []
            ] }
            """,
            1);
        var weights = model.state_dict();
        var image = tensor(new float[] { 0.3f, 0.9f, -0.4f }).reshape(1, 3, 1, 1);

        double Conv(string name, int filter, Func<int, double> input) =>
            Enumerable.Range(0, 3).Sum(channel => weights[$"{name}.weight"][filter, channel, 0, 0].item<float>() * input(channel));
        double Shared(int channel) => Math.Max(0, Conv("conv1", channel, i => image[0, i, 0, 0].item<float>()));
        double Depthwise(int channel) => weights["depthwise_conv1.weight"][channel, 0, 0, 0].item<float>() * Shared(channel);
        var expected = Enumerable.Range(0, 3).Select(channel =>
            Math.Max(0, Conv("conv2", channel, i => 1 / (1 + Math.Exp(-Shared(i)))))
            + Shared(channel)
            + Shared(channel) + Math.Tanh(Shared(channel))
            + (Depthwise(channel) > 0 ? Depthwise(channel) : Math.Exp(Depthwise(channel)) - 1)
            + Shared(channel));

        Check([.. expected.Select(value => (float)value)], model, image);
    }

    // A branch of half the input, and one of its channels' averages where 1x1 images count.
    [Theory]
    [InlineData("Add", 0)]
    [InlineData("Multiply", 0)]
    [InlineData("Average", 0)]
    [InlineData("Maximum", 0)]
    [InlineData("Minimum", 0)]
    [InlineData("Subtract", 0)]
    [InlineData("Add", 1)]
    [InlineData("Multiply", 1)]
    public void Values_of_one_place_are_merged(string type, int onePixel)
    {
        using var scope = NewDisposeScope();
        var branch = onePixel == 1 ? """{ "type": "GlobalMaxPooling2D", "keepdims": true }""" : """{ "type": "Rescaling", "scale": -0.5, "offset": 1 }""";
        var third = type == "Subtract" ? string.Empty : """, [{ "type": "Rescaling", "scale": 2 }]""";
        using var model = Load($$"""{ "type": "{{type}}", "branches": [[{{branch}}], []{{third}}] }""", 3);
        var image = randn(1, 3, 3, 3);

        var expected =
            from channel in Enumerable.Range(0, 3)
            from y in Enumerable.Range(0, 3)
            from x in Enumerable.Range(0, 3)
            let value = image[0, channel, y, x].item<float>()
            let first = onePixel == 1 ? image[0, channel].data<float>().ToArray().Max() : 1 - (0.5f * value)
            let values = new[] { first, value, 2 * value }
            select type switch
            {
                "Add" => values.Sum(),
                "Multiply" => values[0] * values[1] * values[2],
                "Average" => values.Average(),
                "Maximum" => values.Max(),
                "Minimum" => values.Min(),
                _ => values[0] - values[1],
            };

        Check([.. expected], model, image);
        model.ChannelsLast = false;
        Check([.. expected], model, image);
    }
}
