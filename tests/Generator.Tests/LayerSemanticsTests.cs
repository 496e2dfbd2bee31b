using FashionCnn.Models;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests;

/// <summary>Generated layers against Keras's definitions, written out as plain loops over height, width and channels.</summary>
public sealed class LayerSemanticsTests
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

    [Theory]
    [InlineData("same", 2, 3, 7)]
    [InlineData("same", 1, 2, 5)]
    [InlineData("same", 2, 5, 4)]
    [InlineData("valid", 3, 2, 9)]
    public void A_pool_never_sees_its_padding(string padding, int stride, int pool, int size)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "MaxPooling2D", "pool_size": {{pool}}, "strides": {{stride}}, "padding": "{{padding}}" }""", size);
        // All values negative: a padding of zeros would win.
        var image = rand(1, 3, size, size) - 2;

        var output = Output(size, pool, stride, 1, padding, out var before);
        var expected =
            from channel in Enumerable.Range(0, 3)
            from row in Enumerable.Range(0, output)
            from column in Enumerable.Range(0, output)
            select (
                from y in Enumerable.Range((row * stride) - before, pool)
                from x in Enumerable.Range((column * stride) - before, pool)
                where y >= 0 && y < size && x >= 0 && x < size
                select image[0, channel, y, x].item<float>()).Max();

        Check([.. expected], model, image);
    }

    [Fact]
    public void Batch_normalisation_moves_its_mean_by_one_minus_the_momentum()
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

    [Theory]
    [InlineData("relu", -2, 0)]
    [InlineData("relu6", 7, 6)]
    [InlineData("leaky_relu", -2, -0.4)]
    [InlineData("elu", -2, -0.8646647)]
    [InlineData("selu", -2, -1.5201665)]
    [InlineData("gelu", -2, -0.0455003)]
    [InlineData("silu", -2, -0.2384058)]
    [InlineData("sigmoid", -2, 0.1192029)]
    [InlineData("tanh", -2, -0.9640276)]
    [InlineData("softplus", -2, 0.1269280)]
    [InlineData("linear", -2, -2)]
    // Over two equal channels.
    [InlineData("softmax", -2, 0.5)]
    public void Activations_are_Kerass(string activation, double x, double expected)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "Conv2D", "filters": 2, "kernel_size": 1, "activation": "{{activation}}", "kernel_initializer": "zeros", "bias_initializer": "ones" }""", 1);
        using (no_grad())
        {
            model.state_dict()["conv1.bias"].mul_(x);
        }

        Assert.Equal(expected, model.forward(zeros(1, 3, 1, 1))[0, 0].item<float>(), 1e-5);
    }

    // Standard deviations of √(scale / fan); a 3x3 kernel from 3 channels to 64 has fans of 27 and 576.
    [Theory]
    [InlineData("glorot_uniform", 2.0 / 603, 1.7321)]
    [InlineData("glorot_normal", 2.0 / 603, 2.2736)]
    [InlineData("he_uniform", 2.0 / 27, 1.7321)]
    [InlineData("he_normal", 2.0 / 27, 2.2736)]
    [InlineData("lecun_uniform", 1.0 / 27, 1.7321)]
    [InlineData("lecun_normal", 1.0 / 27, 2.2736)]
    public void Initialisers_have_Kerass_variance_and_limits(string initializer, double variance, double limit)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var model = Load($$"""{ "type": "Conv2D", "filters": 64, "kernel_size": 3, "kernel_initializer": "{{initializer}}" }""", 3);

        var values = model.state_dict()["conv1.weight"];

        Assert.Equal(0, values.mean().item<float>(), 5 * Math.Sqrt(variance / 1728));
        Assert.Equal(1, values.var().item<float>() / variance, 0.15);
        Assert.InRange(values.abs().max().item<float>() / Math.Sqrt(variance), 0.95 * limit, 1.001 * limit);
    }

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

    /// <summary>A model of the one layer, its output flattened.</summary>
    private static ImageClassifier Load(string layer, int size) =>
        CompiledModels.Load([SpecFile.Of($$"""{ "version": 1, "input": { "shape": [{{size}}, {{size}}, 3] }, "layers": [ {{layer}}, { "type": "Flatten" } ] }""", "one_layer.json")]).Values.Single().Create();

    private static int Output(int size, int kernel, int stride, int dilation, string padding, out int before)
    {
        var extent = (dilation * (kernel - 1)) + 1;
        if (padding == "valid")
        {
            before = 0;
            return ((size - extent) / stride) + 1;
        }

        var output = (int)Math.Ceiling(size / (double)stride);
        before = Math.Max(((output - 1) * stride) + extent - size, 0) / 2;
        return output;
    }

    private static void Check(List<float> expected, ImageClassifier model, Tensor image)
    {
        model.eval();
        var actual = model.forward(image).data<float>().ToArray();
        Assert.Equal(expected.Count, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
