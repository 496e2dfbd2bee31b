using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class ConvolutionTests
{
    // Keras pads "same" by max((ceil(in / s) - 1) * s + d (k - 1) + 1 - in, 0), the smaller half at the top and left.
    [Theory]
    [InlineData("same", 2, 3, 1, 7)]
    [InlineData("same", 2, 4, 1, 8)]
    [InlineData("same", 1, 2, 1, 5)]
    [InlineData("same", 3, 2, 1, 7)]
    [InlineData("same", 1, 2, 3, 9)]
    [InlineData("valid", 2, 3, 1, 8)]
    [InlineData("valid", 1, 2, 2, 6)]
    public void Convolution(string padding, int stride, int kernel, int dilation, int size)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "Conv2D", "filters": 2, "kernel_size": {{kernel}}, "strides": {{stride}}, "dilation_rate": {{dilation}}, "padding": "{{padding}}" }""", size);
        var weights = model.state_dict();
        var kernels = weights["conv1.weight"];
        var image = rand(1, 3, size, size);

        var output = Output(size, kernel, stride, dilation, padding, out var before);
        var expected = new List<float>();
        for (var filter = 0; filter < 2; filter++)
        {
            foreach (var (row, column) in from r in Enumerable.Range(0, output) from c in Enumerable.Range(0, output) select (r, c))
            {
                var sum = 0.0;
                foreach (var (channel, y, x) in from channel in Enumerable.Range(0, 3) from y in Enumerable.Range(0, kernel) from x in Enumerable.Range(0, kernel) select (channel, y, x))
                {
                    var (top, left) = ((row * stride) + (y * dilation) - before, (column * stride) + (x * dilation) - before);
                    if (top >= 0 && top < size && left >= 0 && left < size)
                    {
                        sum += image[0, channel, top, left].item<float>() * kernels[filter, channel, y, x].item<float>();
                    }
                }

                expected.Add((float)sum);
            }
        }

        Check(expected, model, image);
    }

    [Fact]
    public void A_depthwise_convolution_keeps_channels_apart()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "DepthwiseConv2D", "kernel_size": 2, "depth_multiplier": 2, "bias_initializer": "ones" }""", 3);
        var kernels = model.state_dict()["depthwise_conv1.weight"];
        var image = rand(1, 3, 3, 3);

        // Output channel 2 c + m is channel c with its kernel m.
        var expected =
            from channel in Enumerable.Range(0, 6)
            from row in Enumerable.Range(0, 2)
            from column in Enumerable.Range(0, 2)
            select 1 + (
                from y in Enumerable.Range(0, 2)
                from x in Enumerable.Range(0, 2)
                select image[0, channel / 2, row + y, column + x].item<float>() * kernels[channel, 0, y, x].item<float>()).Sum();

        Check([.. expected], model, image);
    }

    // Keras counts a depthwise kernel's fans from height x width x channels x multiplier.
    [Fact]
    public void A_depthwise_kernel_starts_with_Kerass_fans()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var model = Load("""{ "type": "DepthwiseConv2D", "kernel_size": 8, "depth_multiplier": 40 }""", 8);

        var limit = Math.Sqrt(6.0 / ((64 * 3) + (64 * 40)));
        Assert.InRange(model.state_dict()["depthwise_conv1.weight"].abs().max().item<float>(), 0.99 * limit, limit);
    }

    [Fact]
    public void A_separable_convolution_mixes_the_channels_after()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "SeparableConv2D", "filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu" }""", 4);
        var depthwise = model.state_dict()["separable_conv1.depthwise.weight"];
        var pointwise = model.state_dict()["separable_conv1.pointwise.weight"];
        var image = rand(1, 3, 4, 4);

        // Of the one row and column that "same" pads here, none is at the top and left.
        var expected =
            from filter in Enumerable.Range(0, 2)
            from row in Enumerable.Range(0, 2)
            from column in Enumerable.Range(0, 2)
            select Math.Max(0, (
                from channel in Enumerable.Range(0, 3)
                from y in Enumerable.Range(0, 3)
                from x in Enumerable.Range(0, 3)
                where (2 * row) + y < 4 && (2 * column) + x < 4
                select pointwise[filter, channel, 0, 0].item<float>() * depthwise[channel, 0, y, x].item<float>() * image[0, channel, (2 * row) + y, (2 * column) + x].item<float>()).Sum());

        Check([.. expected], model, image);
    }
}
