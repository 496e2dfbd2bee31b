using System.Text.Json;
using FashionCnn.Interchange.Keras;
using Xunit;

namespace FashionCnn.Interchange.Tests;

/// <summary>Layers and models that are called more than once, and names that mean something else elsewhere.</summary>
public sealed class CallsAndNamesTests : IDisposable
{
    private const string Input = """{"class_name":"InputLayer","config":{"name":"in","batch_shape":[null,8,8,3]},"name":"in","inbound_nodes":[]}""";

    private const string Convolution = ",\"filters\":3,\"kernel_size\":[1,1]";

    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_layer_called_input_gets_another_name()
    {
        using var model = Import(
            Layer("ReLU", "input", string.Empty, ("in", 0)),
            Layer("Conv2D", "c", Convolution, ("input", 0)),
            """{"class_name":"Add","config":{"name":"s"},"name":"s","inbound_nodes":[{"args":[[""" + Tensor("input", 0) + "," + Tensor("c", 0) + "]],\"kwargs\":{}}]}",
            Layer("Flatten", "f", string.Empty, ("s", 0)));

        var name = Assert.Single(model.Map.Single(origin => origin.Source == "input").Layers);
        Assert.NotEqual("input", name);
        Assert.Contains($"\"{name}\"", model.Spec.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_without_weights_may_be_called_twice()
    {
        using var model = Import(
            Layer("ReLU", "r", string.Empty, ("in", 0), ("c", 0)),
            Layer("Conv2D", "c", Convolution, ("r", 0)),
            Layer("Flatten", "f", string.Empty, ("r", 1)));

        Assert.Equal(4, model.Spec.Summary().Layers.Count);
        Assert.Equal(2, model.Map.Single(origin => origin.Source == "r").Layers.Count);
    }

    [Fact]
    public void Weights_within_a_model_that_is_called_twice_are_refused()
    {
        var exception = Assert.Throws<InputException>(() => Import(
            Model("m", "c", 0, [Layer("Conv2D", "c", Convolution, ("in", 0))], ("in", 0), ("m", 1)),
            Layer("Flatten", "f", string.Empty, ("m", 2))));

        Assert.Contains("'m/c' (Conv2D): it is called several times with the same weights", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Calls_of_a_model_are_told_apart_wherever_their_numbers_begin(int first)
    {
        using var model = Import(
            Model("m", "r", 0, [Layer("ReLU", "r", string.Empty, ("in", 0))], ("in", 0), ("c", 0)),
            Layer("Conv2D", "c", Convolution, ("m", first)),
            Layer("Flatten", "f", string.Empty, ("m", first + 1)));

        Assert.Equal(["ReLU", "Conv2D", "ReLU", "Flatten"], model.Spec.Plan!.Network!.Layers.Select(layer => layer.Kind.Type));
    }

    [Fact]
    public void Models_that_each_call_the_one_within_twice_are_one_message()
    {
        var model = Model("m0", "r", 0, [Layer("ReLU", "r", string.Empty, ("in", 0))], ("in", 0), ("m0", 1));
        for (var depth = 1; depth <= 24; depth++)
        {
            model = Model($"m{depth}", $"m{depth - 1}", 2, [model], ("in", 0), ($"m{depth}", 1));
        }

        var exception = Assert.Throws<InputException>(() => Import(model, Layer("Flatten", "f", string.Empty, ("m24", 2))));
        Assert.EndsWith("it has more than 10,000 layers.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_layers_of_a_Sequential_with_one_name_are_one_message()
    {
        const string Text = """{"class_name":"Sequential","config":{"name":"m","build_input_shape":[null,8,8,3],"layers":[{"class_name":"Flatten","config":{"name":"f"}},{"class_name":"Dense","config":{"name":"d","units":2}},{"class_name":"Dense","config":{"name":"d","units":2}}]}}""";

        var exception = Assert.Throws<InputException>(() => KerasImport.Read(folder.Write("model.json", Text), Options));
        Assert.EndsWith("two layers of one model are called 'd'.", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.15.0", true)]
    [InlineData("3.6.0", false)]
    public void The_hard_sigmoid_of_Keras_2_is_another_function(string version, bool isRefused)
    {
        var text = $$$"""{"class_name":"Sequential","keras_version":"{{{version}}}","config":{"name":"m","build_input_shape":[null,8,8,3],"layers":[{"class_name":"Flatten","config":{"name":"f"}},{"class_name":"Dense","config":{"name":"d","units":2,"activation":"hard_sigmoid"}}]}}""";
        var path = folder.Write("model.json", text);

        if (isRefused)
        {
            Assert.EndsWith("'d' (Dense): the hard_sigmoid of Keras 2, which is 0.2 x + 0.5 between 0 and 1, has no equal in a spec.", Assert.Throws<InputException>(() => KerasImport.Read(path, Options)).Message, StringComparison.Ordinal);
        }
        else
        {
            using var model = KerasImport.Read(path, Options);
            Assert.Contains("hard_sigmoid", model.Spec.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("a/c", "a/c/kernel:0", "b/c/kernel:0", "a/c/kernel:0")]
    [InlineData("b/c", "a/c/kernel:0", "b/c/kernel:0", "b/c/kernel:0")]
    [InlineData("m/c", "c/kernel:0", "c/bias:0", "c/kernel:0")]
    [InlineData("m/c", "a/d/kernel:0", "b/c/bias:0", null)]
    [InlineData("m/c", "b/c/kernel:0", "c/kernel:0", "c/kernel:0")]
    public void Of_a_legacy_file_the_name_with_most_of_the_path_is_taken(string path, string first, string second, string? chosen) =>
        Assert.Equal(chosen, KerasWeights.Choose([first, second], LayerAt(path), "kernel"));

    [Fact]
    public void Of_a_legacy_file_names_that_fit_alike_are_refused()
    {
        var exception = Assert.Throws<InvalidDataException>(() => KerasWeights.Choose(["a/c/kernel:0", "b/c/kernel:0"], LayerAt("m/c"), "kernel"));
        Assert.Equal("it has several tensors that may be the kernel of 'm/c' (Conv2D).", exception.Message);
    }

    [Fact]
    public void The_page_has_no_placeholder_for_its_table() =>
        Assert.DoesNotContain("TABLE", File.ReadAllText(Fixture.At("../../../docs/interchange.md")), StringComparison.Ordinal);

    private static ImportOptions Options => new("model") { Pixels = PixelRange.ZeroToOne };

    private static KerasLayer LayerAt(string path) => new(path, "Conv2D", default(JsonElement), false, string.Empty, []);

    private ImportedModel Import(params string[] layers) => KerasImport.Read(
        folder.Write("model.json", $$$"""{"class_name":"Functional","config":{"name":"all","layers":[{{{Input}}},{{{string.Join(",", layers)}}}],"input_layers":["in",0,0],"output_layers":["f",0,0]}}"""), Options);

    private static string Model(string name, string output, int call, string[] layers, params (string Name, int Call)[] reads) =>
        $$$"""{"class_name":"Functional","config":{"name":"{{{name}}}","layers":[{{{Input}}},{{{string.Join(",", layers)}}}],"input_layers":["in",0,0],"output_layers":["{{{output}}}",{{{call}}},0]},"name":"{{{name}}}","inbound_nodes":[{{{Calls(reads)}}}]}""";

    private static string Layer(string type, string name, string settings, params (string Name, int Call)[] reads) =>
        $$$"""{"class_name":"{{{type}}}","config":{"name":"{{{name}}}"{{{settings}}}},"name":"{{{name}}}","inbound_nodes":[{{{Calls(reads)}}}]}""";

    private static string Calls((string Name, int Call)[] reads) => string.Join(",", reads.Select(read => "{\"args\":[" + Tensor(read.Name, read.Call) + "],\"kwargs\":{}}"));

    private static string Tensor(string name, int call) => $$$"""{"class_name":"__keras_tensor__","config":{"keras_history":["{{{name}}}",{{{call}}},0]}}""";
}
