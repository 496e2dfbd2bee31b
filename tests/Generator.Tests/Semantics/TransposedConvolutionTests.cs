using FashionCnn.Checks;
using FashionCnn.Models;
using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class TransposedConvolutionTests
{
    // Kernel, strides, dilation, padding, output_padding; -1 for none.
    [Theory]
    [InlineData(3, 1, 1, "valid", -1)]
    [InlineData(3, 2, 1, "valid", -1)]
    [InlineData(3, 2, 1, "same", -1)]
    [InlineData(4, 2, 1, "same", -1)]
    [InlineData(5, 2, 1, "same", -1)]
    [InlineData(5, 3, 1, "same", -1)]
    [InlineData(2, 3, 1, "same", -1)]
    [InlineData(2, 3, 1, "valid", -1)]
    [InlineData(1, 2, 1, "same", -1)]
    [InlineData(1, 1, 1, "same", -1)]
    [InlineData(4, 1, 1, "same", -1)]
    [InlineData(3, 2, 1, "same", 0)]
    [InlineData(3, 2, 1, "same", 1)]
    [InlineData(4, 2, 1, "same", 0)]
    [InlineData(4, 2, 1, "same", 1)]
    [InlineData(5, 4, 1, "same", 3)]
    [InlineData(1, 3, 1, "same", 2)]
    [InlineData(3, 3, 1, "valid", 2)]
    [InlineData(2, 2, 1, "valid", 0)]
    [InlineData(3, 1, 2, "same", -1)]
    [InlineData(2, 1, 3, "same", -1)]
    [InlineData(3, 1, 2, "valid", -1)]
    [InlineData(3, 1, 2, "same", 0)]
    public void A_transposed_convolution_is_Kerass(int kernel, int stride, int dilation, string padding, int outputPadding)
    {
        using var scope = NewDisposeScope();
        const int size = 4;
        using var model = Load(
            $$"""
            { "type": "Conv2DTranspose", "filters": 2, "kernel_size": {{kernel}}, "strides": {{stride}}, "dilation_rate": {{dilation}}, "padding": "{{padding}}",
              {{(outputPadding < 0 ? string.Empty : $"\"output_padding\": {outputPadding}, ")}}"kernel_initializer": "he_normal", "bias_initializer": "random_normal" }
            """,
            size);
        var image = randn(1, 3, size, size);
        var weights = model.state_dict();
        var expected = Expected(image, weights["conv_transpose1.weight"], weights["conv_transpose1.bias"], stride, dilation, padding, outputPadding < 0 ? null : outputPadding);

        Check(expected, model, image);
        model.ChannelsLast = false;
        Check(expected, model, image);
    }

    // The middle of the default: twice the size, as decoders use it.
    [Fact]
    public void The_output_of_same_padding_is_the_strides_times_the_input()
    {
        using var model = Load("""{ "type": "Conv2DTranspose", "filters": 5, "kernel_size": [3, 4], "strides": [2, 3], "padding": "same" }""", 6);

        var layer = model.Model.Layers[0];

        Assert.Equal(("12x18x5", (3 * 4 * 3 * 5) + 5, 3 * 4 * 3 * 5 * 36), (layer.OutputShape.ToString(), layer.Parameters, layer.MultiplyAccumulates));
    }

    // And the other operations that keep weights of their own kind, or compute with many values.
    [Theory]
    [InlineData("conv_transposes", "fp32", MemoryLayout.ChannelsLast)]
    [InlineData("conv_transposes", "fp32", MemoryLayout.ChannelsFirst)]
    [InlineData("conv_transposes", "bf16", MemoryLayout.ChannelsLast)]
    [InlineData("conv_transposes", "bf16", MemoryLayout.ChannelsFirst)]
    [InlineData("resized_images", "bf16", MemoryLayout.ChannelsLast)]
    [InlineData("scales_and_depth", "bf16", MemoryLayout.ChannelsLast)]
    public void The_self_check_computes_them_against_double_precision(string fixture, string precision, string layout)
    {
        var model = CompiledModels.Load([SpecFile.Read(Path.Combine(Repository.Fixtures, "valid", $"{fixture}.json"))]).Values.Single();
        var checkedLayers = new HashSet<string>();

        var verdict = SelfCheck.Run(model, new SelfCheckSetting(precision, 1, 6, 6, layout), label => checkedLayers.Add(label));

        Assert.Empty(verdict.Faults);
        Assert.Empty(model.Layers.Where(layer => layer.Kind is "Conv2DTranspose" or "UpSampling2D" or "LayerScale").Select(layer => $"{layer.Name} ({layer.Kind})").Except(checkedLayers));
    }

    /// <summary>
    /// As Keras defines it for JAX: the input with gaps of stride - 1, padded, and an ordinary convolution with the kernel turned around.
    /// </summary>
    private static List<float> Expected(Tensor image, Tensor weight, Tensor bias, int stride, int dilation, string padding, int? outputPadding)
    {
        var (filters, kernel, size) = ((int)weight.shape[1], (int)weight.shape[2], (int)image.shape[2]);
        var extent = ((kernel - 1) * dilation) + 1;
        int before, after;
        if (padding == "valid")
        {
            before = extent - 1;
            after = extent - 1 + (outputPadding ?? Math.Max(extent, stride) - extent);
        }
        else
        {
            var padded = outputPadding is { } more ? extent + (extent % 2) - 2 + more : stride + extent - 2;
            before = Math.Min((padded / 2) + (padded % 2), extent - 1);
            after = padded - before;
        }

        var gapped = ((size - 1) * stride) + 1;
        var output = before + gapped + after - extent + 1;
        return
        [
            .. from filter in Enumerable.Range(0, filters)
               from row in Enumerable.Range(0, output)
               from column in Enumerable.Range(0, output)
               select bias[filter].item<float>() + (
                   from channel in Enumerable.Range(0, 3)
                   from y in Enumerable.Range(0, kernel)
                   from x in Enumerable.Range(0, kernel)
                   select weight[channel, filter, kernel - 1 - y, kernel - 1 - x].item<float>() * At(channel, row + (y * dilation) - before, column + (x * dilation) - before)).Sum(),
        ];

        float At(int channel, int row, int column) =>
            row < 0 || column < 0 || row >= gapped || column >= gapped || row % stride != 0 || column % stride != 0 ? 0 : image[0, channel, row / stride, column / stride].item<float>();
    }
}
