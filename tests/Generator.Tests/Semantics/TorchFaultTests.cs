extern alias Compiler;

using Xunit;
// The runtime has a few of the compiler's types in it.
using Window = Compiler::FashionCnn.Compiler.Shapes.Window;

namespace FashionCnn.Generator.Tests.Semantics;

/// <summary>The compiler keeps away from Torch's kernels where they are wrong, and only there: seen in the generated line.</summary>
public sealed class TorchFaultTests
{
    private static readonly bool[] Paddings = [true, false];

    [Theory]
    // 3x3 on a single pixel: with strides Keras pads evenly here, and only the middle meets it.
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 3, "strides": 2, "padding": "same" }""", 1, 1, 64, "x = conv2d(Conv1, x, fp32: true);")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 3, "padding": "same" }""", 1, 1, 64, "x = conv2d(Conv1, x, fp32: true);")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 3, "groups": 4, "strides": 2, "padding": "same" }""", 1, 1, 64, "x = conv2d(Conv1, x, fp32: true);")]
    // 5x5 on one row, 7x7 on two.
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 5, "padding": "same", "activation": "relu" }""", 1, 28, 64, "x = relu_(conv2d(Conv1, x, fp32: true));")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 7, "padding": "same" }""", 2, 28, 64, "x = conv2d(Conv1, x, fp32: true);")]
    [InlineData("""{ "type": "DepthwiseConv2D", "kernel_size": 3, "strides": 2, "padding": "same" }""", 1, 1, 64, "x = conv2d(DepthwiseConv1, x, fp32: true);")]
    [InlineData("""{ "type": "SeparableConv2D", "filters": 8, "kernel_size": 3, "dilation_rate": 4, "padding": "same" }""", 4, 28, 64, "x = separable_conv2d(SeparableConv1, x, depthwise_fp32: true);")]
    // Here every weight meets a pixel at some position.
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 3, "padding": "same" }""", 2, 2, 64, "x = conv2d(Conv1, x);")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 5, "padding": "same" }""", 3, 28, 64, "x = conv2d(Conv1, x);")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 3, "strides": 2, "padding": "same" }""", 28, 28, 64, "x = conv2d(Conv1, pad(x, top: 0, bottom: 1, left: 0, right: 1));")]
    // What is padded first is pixels to Torch.
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 3, "strides": 2, "padding": "same" }""", 2, 2, 64, "x = conv2d(Conv1, pad(x, top: 0, bottom: 1, left: 0, right: 1));")]
    // Strides over few channels.
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 3, "strides": [1, 2] }""", 8, 4, 1, "x = conv2d(Conv1, channels_first(x));")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": [3, 2], "strides": [1, 3], "padding": "same" }""", 8, 6, 1, "x = conv2d(Conv1, channels_first(x));")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": [3, 5], "strides": [1, 2], "padding": "same" }""", 8, 2, 1, "x = conv2d(Conv1, channels_first(pad(x, top: 1, bottom: 1, left: 1, right: 2)));")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 1, "strides": 2 }""", 28, 28, 3, "x = conv2d(Conv1, channels_first(x));")]
    [InlineData("""{ "type": "DepthwiseConv2D", "kernel_size": 1, "strides": 2 }""", 28, 28, 3, "x = conv2d(DepthwiseConv1, channels_first(x));")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 1, "strides": 2 }""", 28, 28, 16, "x = conv2d(Conv1, x);")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 1 }""", 28, 28, 1, "x = conv2d(Conv1, x);")]
    [InlineData("""{ "type": "Conv2D", "filters": 8, "kernel_size": 3, "strides": 2 }""", 28, 28, 1, "x = conv2d(Conv1, x);")]
    // The gradient of a transposed convolution's input is a convolution over its filters.
    [InlineData("""{ "type": "Conv2DTranspose", "filters": 3, "kernel_size": 1, "strides": 2, "padding": "same" }""", 8, 8, 64, "x = conv_transpose2d(ConvTranspose1, channels_first(x));")]
    [InlineData("""{ "type": "Conv2DTranspose", "filters": 1, "kernel_size": 3, "strides": [1, 2], "padding": "same" }""", 8, 8, 64, "x = conv_transpose2d(ConvTranspose1, channels_first(x), bottom: 0, right: 1);")]
    [InlineData("""{ "type": "Conv2DTranspose", "filters": 16, "kernel_size": 1, "strides": 2, "padding": "same" }""", 8, 8, 3, "x = conv_transpose2d(ConvTranspose1, x);")]
    [InlineData("""{ "type": "Conv2DTranspose", "filters": 3, "kernel_size": 2, "strides": 2 }""", 8, 8, 3, "x = conv_transpose2d(ConvTranspose1, x);")]
    public void The_line_says_what_the_shape_needs(string layer, int height, int width, int channels, string line)
    {
        var spec = SpecFile.Of($$"""{ "version": 1, "input": { "shape": [{{height}}, {{width}}, {{channels}}] }, "layers": [ {{layer}}, { "type": "Flatten" } ] }""", "one_layer.json");

        var sources = GeneratorRun.Run(spec).Results[0].GeneratedSources;

        var lines = sources.Single(source => source.HintName == "OneLayer.g.cs").SourceText.ToString().Split('\n').Select(text => text.Split("//")[0].Trim());
        Assert.Equal(line, Assert.Single(lines, text => text.StartsWith("x = ", StringComparison.Ordinal) && (text.Contains("conv2d", StringComparison.Ordinal) || text.Contains("conv_transpose2d", StringComparison.Ordinal))));
    }

    // By the definition: at each position of the window, which of its places meet a pixel.
    [Fact]
    public void A_place_is_within_reach_exactly_when_it_meets_a_pixel_at_some_position()
    {
        var windows =
            from size in Enumerable.Range(1, 8)
            from stride in Enumerable.Range(1, 4)
            from dilation in Enumerable.Range(1, 4)
            from isSame in Paddings
            from input in Enumerable.Range(1, 12)
            let window = new Window(size, stride, dilation, isSame)
            where window.Output(input) > 0
            select (window, input);

        Assert.All(windows, pair =>
        {
            var (window, input) = pair;
            var before = window.Padding(input).Before;
            var places =
                from position in Enumerable.Range(0, (int)window.Output(input))
                from place in Enumerable.Range(0, window.Size)
                let pixel = (position * window.Stride) + (place * window.Dilation) - before
                where pixel >= 0 && pixel < input
                select place;
            Assert.Equal((window, input, places.Distinct().Count()), (window, input, window.Reach(input)));
        });
    }
}
