using FashionCnn.Models;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

/// <summary>Networks whose layers read by name, against the same networks computed layer by layer, each from the outputs that it names.</summary>
public sealed class ReferenceTests
{
    private const string Branches = """
        { "type": "Conv2D", "name": "a", "filters": 3, "kernel_size": 1 },
        { "type": "Add", "name": "sum", "branches": [
          [{ "type": "Conv2D", "name": "b", "filters": 3, "kernel_size": 1, "activation": "relu" }],
          [],
          [{ "type": "Conv2D", "name": "c", "filters": 3, "kernel_size": 3, "padding": "same" }, { "type": "BatchNormalization", "name": "d" }]
        ] },
        { "type": "ReLU", "name": "e" }
        """;

    private const string Names = """
        { "type": "Conv2D", "name": "a", "filters": 3, "kernel_size": 1 },
        { "type": "Conv2D", "name": "c", "filters": 3, "kernel_size": 3, "padding": "same" },
        { "type": "Conv2D", "name": "b", "from": "a", "filters": 3, "kernel_size": 1, "activation": "relu" },
        { "type": "BatchNormalization", "name": "d", "from": "c" },
        { "type": "Add", "name": "sum", "from": ["b", "a", "d"] },
        { "type": "ReLU", "name": "e" }
        """;

    // Torch's operations in their plain forms, in the order of the layers, every intermediate result kept: what fusion and overwriting may not change.
    [Theory]
    [InlineData("references", true)]
    [InlineData("references", false)]
    [InlineData("nasnet_cells", true)]
    [InlineData("nasnet_cells", false)]
    [InlineData("u_shape", true)]
    public void A_network_computes_what_its_layers_do_one_by_one(string fixture, bool training)
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var descriptor = CompiledModels.Load([SpecFile.Read(Path.Combine(Repository.Fixtures, "valid", $"{fixture}.json"))]).Values.Single();
        using var model = descriptor.Create();
        Scatter(model);
        model.train(training);
        var images = rand(3, descriptor.Input.Channels, descriptor.Input.Height, descriptor.Input.Width);
        var gradient = randn(3, descriptor.Classes);

        var expected = OneByOne(model, images, training);
        expected.backward([gradient]);
        var wanted = model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.grad!.clone());
        model.zero_grad();
        var actual = model.forward(images);
        actual.backward([gradient]);

        Near(expected, actual, "output");
        Assert.All(model.named_parameters(), pair => Near(wanted[pair.name], pair.parameter.grad!, pair.name));
    }

    [Fact]
    public void Branches_and_names_make_the_same_network()
    {
        using var scope = NewDisposeScope();
        var (one, other) = (Load("one", Branches), Load("other", Names));
        Assert.Equal(one.ArchitectureFingerprint, other.ArchitectureFingerprint);
        Assert.NotEqual(one.ArchitectureFingerprint, Load("third", Names.Replace("\"from\": [\"b\", \"a\", \"d\"]", "\"from\": [\"b\", \"b\", \"d\", \"a\"]", StringComparison.Ordinal)).ArchitectureFingerprint);
        using var first = one.Create();
        using var second = other.Create();
        Scatter(first);
        second.load_state_dict(first.state_dict());
        first.eval();
        second.eval();

        var images = rand(2, 3, 5, 5);

        Near(first.forward(images), second.forward(images), "output");
    }

    // Layers that cross cannot be written as branches: then the order of the text counts for nothing either.
    [Fact]
    public void A_network_that_branches_cannot_say_has_one_fingerprint_in_any_order()
    {
        const string Head = """{ "type": "ReLU", "name": "a" }, """;
        const string Left = """{ "type": "Conv2D", "name": "left", "from": "a", "filters": 3, "kernel_size": 1 }, """;
        const string Right = """{ "type": "Conv2D", "name": "right", "from": "a", "filters": 3, "kernel_size": 1 }, """;
        const string Rest = """{ "type": "Add", "name": "cross", "from": ["left", "right"] }, { "type": "Add", "name": "end", "from": ["cross", "right"] }""";

        var one = Load("one", Head + Left + Right + Rest).ArchitectureFingerprint;

        Assert.Equal(one, Load("other", Head + Right + Left + Rest).ArchitectureFingerprint);
        Assert.NotEqual(one, Load("third", Head + Left + Right + Rest.Replace("\"cross\", \"right\"", "\"cross\", \"left\"", StringComparison.Ordinal)).ArchitectureFingerprint);
    }

    [Fact]
    public void Dense_takes_the_channels_of_every_pixel()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var model = OneLayer.Load("""{ "type": "Dense", "units": 2, "activation": "tanh" }""", 3);
        Scatter(model);
        var weights = model.state_dict();
        var image = randn(1, 3, 3, 3);
        var expected =
            from unit in Enumerable.Range(0, 2)
            from y in Enumerable.Range(0, 3)
            from x in Enumerable.Range(0, 3)
            select Math.Tanh(weights["dense1.bias"][unit].item<float>() + Enumerable.Range(0, 3).Sum(c => weights["dense1.weight"][unit, c].item<float>() * image[0, c, y, x].item<float>()));

        OneLayer.Check([.. expected.Select(value => (float)value)], model, image);
        Assert.Equal((8, 9 * 6), (model.Model.TotalParameters, model.Model.MultiplyAccumulates));
    }

    private static ModelDescriptor Load(string id, string layers) =>
        CompiledModels.Load([SpecFile.Of($$"""{ "version": 1, "input": { "shape": [5, 5, 3] }, "layers": [{{layers}}, { "type": "GlobalAveragePooling2D" }, { "type": "Dense", "units": 2 }] }""", $"{id}.json")]).Values.Single();

    // Weights of 1 and biases of 0 would hide a layer that is left out.
    private static void Scatter(ImageClassifier model)
    {
        using var guard = no_grad();
        foreach (var parameter in model.parameters())
        {
            parameter.add_(randn_like(parameter) * 0.2);
        }
    }

    private static Tensor OneByOne(ImageClassifier model, Tensor images, bool training)
    {
        var modules = model.named_children().ToDictionary(pair => pair.name, pair => pair.module);
        var values = new Dictionary<string, Tensor> { ["input image"] = images };
        foreach (var layer in model.Model.Layers)
        {
            var inputs = layer.Inputs.Select(name => values[name]).ToList();
            values[layer.Name] = Compute(layer, modules.GetValueOrDefault(layer.Name), inputs, training);
        }

        return values[model.Model.Layers[^1].Name];
    }

    private static Tensor Compute(LayerInfo layer, nn.Module? module, List<Tensor> inputs, bool training)
    {
        var x = inputs[0];
        var output = layer.Kind switch
        {
            "Conv2D" => Convolve((TorchSharp.Modules.Conv2d)module!, x, layer.OutputShape),
            "SeparableConv2D" => Convolve(((SeparableConvolution)module!).Pointwise, Convolve(((SeparableConvolution)module).Depthwise, x, layer.OutputShape), layer.OutputShape),
            "BatchNormalization" => Normalize((BatchNormalization)module!, x, training),
            "Dense" => ((TorchSharp.Modules.Linear)module!).call(x),
            "ReLU" => nn.functional.relu(x),
            "Add" => inputs.Aggregate((sum, value) => sum + value),
            "Concatenate" => cat(inputs, 1),
            "GlobalAveragePooling2D" => x.mean([2, 3]),
            "GlobalMaxPooling2D" => x.amax([2, 3]),
            "Reshape" => x.permute(0, 2, 3, 1).reshape(x.shape[0], layer.OutputShape.Height, layer.OutputShape.Width, layer.OutputShape.Channels).permute(0, 3, 1, 2),
            "MaxPooling2D" when layer.Settings == "2x2" => nn.functional.max_pool2d(x, 2),
            "MaxPooling2D" => nn.functional.max_pool2d(Padded(x, layer.OutputShape, 3, double.NegativeInfinity), 3, x.shape[2] / layer.OutputShape.Height),
            "AveragePooling2D" => Average(Padded(x, layer.OutputShape, 3, 0), x, layer.OutputShape) / Average(Padded(ones_like(x), layer.OutputShape, 3, 0), x, layer.OutputShape),
            var kind => throw new NotSupportedException(kind),
        };
        return layer.Settings.Contains("relu", StringComparison.Ordinal) ? nn.functional.relu(output) : output;
    }

    private static Tensor Convolve(TorchSharp.Modules.Conv2d layer, Tensor x, LayerShape output)
    {
        var size = layer.weight.shape[2];
        return nn.functional.conv2d(
            x.shape[2] == output.Height && size == 1 ? x : Padded(x, output, size, 0), layer.weight, layer.bias, strides: [x.shape[2] / output.Height, x.shape[3] / output.Width], groups: layer.groups);
    }

    /// <summary>The padding of Keras's "same", the odd row and column at the bottom and right.</summary>
    private static Tensor Padded(Tensor x, LayerShape output, long size, double value)
    {
        var stride = x.shape[2] / output.Height;
        var all = Math.Max(((output.Height - 1) * stride) + size - x.shape[2], 0);
        return nn.functional.pad(x, (all / 2, all - (all / 2), all / 2, all - (all / 2)), TorchSharp.PaddingModes.Constant, value);
    }

    private static Tensor Average(Tensor padded, Tensor x, LayerShape output) => nn.functional.avg_pool2d(padded, 3, x.shape[2] / output.Height);

    private static Tensor Normalize(BatchNormalization layer, Tensor x, bool training)
    {
        var weights = layer.named_parameters().Select(pair => (pair.name, values: (Tensor)pair.parameter)).Concat(layer.named_buffers().Select(pair => (pair.name, values: pair.buffer))).ToDictionary(pair => pair.name, pair => pair.values);
        var (mean, variance) = training ? (x.mean([0, 2, 3]), (x - x.mean([0, 2, 3], keepdim: true)).square().mean([0, 2, 3])) : (weights["running_mean"], weights["running_var"]);
        return ((x - Column(mean)) / (Column(variance) + 0.001).sqrt() * Column(weights["weight"])) + Column(weights["bias"]);

        static Tensor Column(Tensor values) => values.view(1, -1, 1, 1);
    }

    private static void Near(Tensor expected, Tensor actual, string what)
    {
        var difference = (expected - actual).abs().max().item<float>() / Math.Max(1e-3f, expected.abs().max().item<float>());
        Assert.True(difference < 1e-3, $"{what}: {difference}");
    }
}
