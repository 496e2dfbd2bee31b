using FashionCnn.Interchange;
using FashionCnn.Tests;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Onnx;

/// <summary>Every spec and every valid fixture gives in ONNX Runtime what it gives in Torch, in float32.</summary>
public sealed class OnnxTests
{
    private const double Tolerance = 1e-5;

    // Of all their activations one after the other, hardly anything is left of the image: these are also tested side by side.
    private static readonly string[] InSeries = ["activations", "activation_layers"];

    public static TheoryData<string> Ids => [.. CompiledModels.Ids];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Logits_are_those_of_the_model(string id)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = RandomWeights.Create(CompiledModels.All[id]);
        using var guard = no_grad();
        // Of unlike brightness: what is averaged over an image differs too.
        var images = rand(3, model.Model.Input.Channels, model.Model.Input.Height, model.Model.Input.Width) * tensor([0.2f, 0.6f, 1f]).view(3, 1, 1, 1);
        var expected = model.forward(images).data<float>().ToArray();
        var alone = model.forward(images.narrow(0, 1, 1)).data<float>().ToArray();

        foreach (var isChannelsFirst in new[] { false, true })
        {
            using var file = new OnnxFile(model, new OnnxOptions { IsChannelsFirst = isChannelsFirst, HasLogits = true });
            CheckEqual(expected, file.Run(images));
            CheckEqual(alone, file.Run(images.narrow(0, 1, 1)));
        }

        // What does not depend on the images, such as the last bias, could hide whatever comes before.
        if (!InSeries.Contains(id))
        {
            Assert.InRange(SpreadOverImages(expected), 100 * Tolerance, double.MaxValue);
        }
    }

    // Each value of the output is that of one layer.
    [Fact]
    public void Layers_side_by_side_give_each_what_they_give_in_the_model()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var model = RandomWeights.Create(CompiledModels.Load([SpecFile.Of(SideBySide(), "side_by_side.json")])["side_by_side"]);
        using var guard = no_grad();
        var images = (rand(3, 6, 5, 4) * 12) - 6;

        using var file = new OnnxFile(model, new OnnxOptions { HasLogits = true });

        var (expected, given) = (model.forward(images).data<float>().ToArray(), file.Run(images));
        Assert.All(expected.Zip(given), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Tolerance * Math.Max(Math.Abs(pair.First), 1)));
        // Above 0, many of them give their input.
        Assert.InRange(expected.Distinct().Count(), expected.Length / 2, expected.Length);
    }

    [Fact]
    public void Probabilities_are_those_that_the_model_predicts()
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var model = RandomWeights.Create(CompiledModels.All["model3"]);
        var images = rand(3, 1, 28, 28);

        using var file = new OnnxFile(model, new OnnxOptions());

        CheckEqual(model.predict(images).data<float>().ToArray(), file.Run(images));
    }

    [Fact]
    public void The_file_says_what_goes_in_and_out_and_whose_it_is()
    {
        using var scope = NewDisposeScope();
        var descriptor = CompiledModels.All["padding_and_rescaling"];
        var (height, width, channels) = (descriptor.Input.Height, descriptor.Input.Width, descriptor.Input.Channels);
        using var model = descriptor.Create();
        var names = Enumerable.Range(0, descriptor.Classes).Select(i => $"\"class\" {i}").ToList();

        using var file = new OnnxFile(model, new OnnxOptions { ClassNames = names });
        using var other = new OnnxFile(model, new OnnxOptions { IsChannelsFirst = true, HasLogits = true });

        Assert.Equal([-1, height, width, channels], file.Inputs["images"].Dimensions);
        Assert.Equal([-1, channels, height, width], other.Inputs["images"].Dimensions);
        Assert.Equal(["N", string.Empty, string.Empty, string.Empty], file.Inputs["images"].SymbolicDimensions);
        Assert.Equal([-1, descriptor.Classes], file.Outputs["probabilities"].Dimensions);
        Assert.Equal([-1, descriptor.Classes], other.Outputs["logits"].Dimensions);
        var metadata = file.Metadata.CustomMetadataMap;
        Assert.Equal(
            [
                ("architecture_fingerprint", descriptor.ArchitectureFingerprint), ("class_names", System.Text.Json.JsonSerializer.Serialize(names)), ("input_layout", "nhwc"), ("model", "padding_and_rescaling"), ("pixels", "0..1"),
            ],
            metadata.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.Equal("nchw", other.Metadata.CustomMetadataMap["input_layout"]);
        Assert.DoesNotContain("class_names", other.Metadata.CustomMetadataMap.Keys);
        Assert.Equal(("FashionCnn", descriptor.Description, descriptor.Id), (file.Metadata.ProducerName, file.Metadata.Description, file.Metadata.GraphName));
        // The fields of IR version and opset as they stand in the file.
        Assert.Equal([0x08, 8], file.Bytes[..2]);
        Assert.True(file.Bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x42, 0x02, 0x10, 17]) >= 0);
        Assert.True(file.Bytes.AsSpan().IndexOf("Pixels from 0 to 1: bytes are divided by 255."u8) >= 0);
    }

    [Fact]
    public void The_same_weights_give_the_same_bytes()
    {
        using var scope = NewDisposeScope();
        using var model = CompiledModels.All["inception"].Create();

        Assert.Equal(OnnxFile.Export(model, new OnnxOptions()), OnnxFile.Export(model, new OnnxOptions()));
    }

    private static string SideBySide()
    {
        string[] names =
        [
            "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "gelu_tanh", "silu", "hard_silu", "mish",
            "sigmoid", "hard_sigmoid", "tanh", "softsign", "softplus", "exponential", "softmax", "log_softmax",
        ];
        string[] layers =
        [
            .. names.Select(name => $$"""{ "type": "Activation", "activation": "{{name}}" }"""),
            """{ "type": "ReLU", "max_value": 2.5 }""",
            """{ "type": "ReLU", "threshold": 1.5 }""",
            """{ "type": "ReLU", "negative_slope": 0.1 }""",
            """{ "type": "ReLU", "max_value": 3, "negative_slope": 0.2, "threshold": 0.5 }""",
            """{ "type": "ELU", "alpha": 0.7 }""",
            """{ "type": "LeakyReLU", "negative_slope": 0.15 }""",
            """{ "type": "PReLU" }""",
            """{ "type": "PReLU", "shared_axes": [] }""",
            """{ "type": "PReLU", "shared_axes": [1] }""",
            """{ "type": "PReLU", "shared_axes": [1, 2, 3] }""",
            """{ "type": "Softmax" }""",
            // A deviation of 0 counts as Keras's smallest.
            """{ "type": "Normalization", "mean": [0.5, 1, -2, 0, 3, 0.25], "variance": [0, 4, 1, 0.0625, 9, 0.5] }""",
        ];
        var branches = string.Join(",", layers.Select(layer => $"[{layer}]"));
        return $$"""
            {
              "version": 1,
              "input": { "shape": [5, 4, 6] },
              "layers": [{ "type": "Concatenate", "branches": [{{branches}}] }, { "type": "Flatten" }]
            }
            """;
    }

    /// <summary>How far the logits of one class lie apart, at most, as a share of the largest logit.</summary>
    private static double SpreadOverImages(float[] logits)
    {
        var images = logits.Chunk(logits.Length / 3).ToList();
        return Enumerable.Range(0, images[0].Length).Max(i => images.Max(image => image[i]) - images.Min(image => image[i])) / logits.Max(Math.Abs);
    }

    private static void CheckEqual(float[] expected, float[] given)
    {
        Assert.Equal(expected.Length, given.Length);
        Assert.All(given, value => Assert.True(float.IsFinite(value)));
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 0);
        Assert.InRange(expected.Zip(given).Max(pair => Math.Abs(pair.First - pair.Second)) / largest, 0, Tolerance);
    }
}
