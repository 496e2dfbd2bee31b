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

    // Some activations are computed in place. The gradient must be the slope all the same, also where it needs the input.
    [Theory]
    [InlineData("relu")]
    [InlineData("relu6")]
    [InlineData("leaky_relu")]
    [InlineData("elu")]
    [InlineData("selu")]
    [InlineData("gelu")]
    [InlineData("silu")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("softplus")]
    [InlineData("linear")]
    [InlineData("softmax")]
    public void The_gradient_of_an_activation_is_its_slope(string activation)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "Conv2D", "filters": 3, "kernel_size": 1, "activation": "{{activation}}", "kernel_initializer": "zeros" }""", 1);
        var bias = model.named_parameters().Single(pair => pair.name == "conv1.bias").parameter;
        var places = new[] { -1.5f, 0.7f, 6.4f };

        At(places).backward();

        for (var i = 0; i < places.Length; i++)
        {
            var (below, above) = (At(Moved(i, -0.01f)), At(Moved(i, 0.01f)));
            Assert.Equal((above.item<float>() - below.item<float>()) / 0.02, bias.grad![i].item<float>(), 2e-3);
        }

        // Weighted, since the values of a softmax always add up to one.
        Tensor At(float[] values)
        {
            using (no_grad())
            {
                bias.copy_(tensor(values));
            }

            return (model.forward(zeros(1, 3, 1, 1)) * tensor(new float[] { 1, 2, 3 })).sum();
        }

        float[] Moved(int place, float by) => [.. places.Select((value, i) => i == place ? value + by : value)];
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

    [Theory]
    [InlineData("same", 2, 3, 7)]
    [InlineData("same", 1, 2, 5)]
    [InlineData("same", 2, 5, 4)]
    [InlineData("same", 1, 3, 6)]
    [InlineData("valid", 3, 2, 9)]
    public void An_average_counts_the_image_only(string padding, int stride, int pool, int size)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "AveragePooling2D", "pool_size": {{pool}}, "strides": {{stride}}, "padding": "{{padding}}" }""", size);
        var image = rand(1, 3, size, size);

        var output = Output(size, pool, stride, 1, padding, out var before);
        var expected =
            from channel in Enumerable.Range(0, 3)
            from row in Enumerable.Range(0, output)
            from column in Enumerable.Range(0, output)
            select (
                from y in Enumerable.Range((row * stride) - before, pool)
                from x in Enumerable.Range((column * stride) - before, pool)
                where y >= 0 && y < size && x >= 0 && x < size
                select image[0, channel, y, x].item<float>()).Average();

        Check([.. expected], model, image);
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

    [Fact]
    public void Layer_normalisation_is_over_the_channels_of_each_pixel()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "LayerNormalization", "epsilon": 0.02 }""", 2);
        var image = rand(1, 3, 2, 2);

        var expected =
            from channel in Enumerable.Range(0, 3)
            from y in Enumerable.Range(0, 2)
            from x in Enumerable.Range(0, 2)
            let values = Enumerable.Range(0, 3).Select(other => image[0, other, y, x].item<float>()).ToArray()
            select Normalised(values, channel, 0.02);

        Check([.. expected], model, image);
    }

    [Fact]
    public void Group_normalisation_is_over_the_channels_of_a_group_and_all_pixels()
    {
        using var scope = NewDisposeScope();
        var model = Load("""{ "type": "GroupNormalization", "groups": 1, "epsilon": 0.02 }""", 2);
        var image = rand(1, 3, 2, 2);
        var values = image.data<float>().ToArray();

        Check([.. Enumerable.Range(0, 12).Select(i => Normalised(values, i, 0.02))], model, image);
    }

    [Fact]
    public void Global_pools_see_each_channel_whole()
    {
        using var scope = NewDisposeScope();
        var image = rand(1, 3, 5, 5);
        var channels = Enumerable.Range(0, 3).Select(channel => image[0, channel].contiguous().data<float>().ToArray()).ToList();

        Check([.. channels.Select(values => values.Average())], Load("""{ "type": "GlobalAveragePooling2D" }""", 5), image);
        Check([.. channels.Select(values => values.Max())], Load("""{ "type": "GlobalMaxPooling2D" }""", 5), image);
    }

    [Fact]
    public void Reshape_goes_by_height_width_channels_and_Flatten_by_channels_first()
    {
        using var scope = NewDisposeScope();
        var image = arange(12, dtype: float32).reshape(1, 3, 2, 2);

        // Value c, y, x of the image is 4 c + 2 y + x.
        Check([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], Load("""{ "type": "Reshape", "target_shape": [-1] }""", 2), image);
        Check([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], Load("""{ "type": "Flatten" }""", 2), image);
        // As 1x4x3 the rows follow each other; flattened again, channels come first.
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

    private static float Normalised(float[] values, int index, double epsilon)
    {
        var mean = values.Average();
        return (float)((values[index] - mean) / Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + epsilon));
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
