using System.Text.Json;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Keras;

/// <summary>Models that Keras 3.16 wrote, as specs: with Keras's weights they give Keras's outputs.</summary>
public sealed class KerasOutputTests
{
    private const string Sequential = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Conv2D", "name": "conv2d", "filters": 6, "kernel_size": 3, "padding": "same", "activation": "relu" },
            { "type": "BatchNormalization", "name": "batch_normalization" },
            { "type": "MaxPooling2D" },
            { "type": "Dropout", "rate": 0.5 },
            { "type": "Conv2D", "name": "conv2d_1", "filters": 8, "kernel_size": 3, "padding": "same", "activation": "relu" },
            { "type": "BatchNormalization", "name": "batch_normalization_1" },
            { "type": "MaxPooling2D" },
            { "type": "Flatten" },
            { "type": "Dense", "name": "dense", "units": 16, "activation": "relu" },
            { "type": "Dense", "name": "dense_1", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    private const string Residual = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Conv2D", "name": "conv2d_2", "filters": 4, "kernel_size": 3, "padding": "same", "activation": "relu" },
            {
              "type": "Add",
              "branches": [
                [
                  { "type": "Conv2D", "name": "conv2d_3", "filters": 4, "kernel_size": 3, "padding": "same", "activation": "relu" },
                  { "type": "BatchNormalization", "name": "batch_normalization_2" }
                ],
                []
              ]
            },
            { "type": "GlobalAveragePooling2D" },
            { "type": "Dense", "name": "dense_2", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    [Theory]
    [InlineData("sequential_bn", Sequential, true)]
    [InlineData("sequential_bn", Sequential, false)]
    [InlineData("functional_residual", Residual, true)]
    [InlineData("functional_residual", Residual, false)]
    public void A_model_with_the_weights_of_Keras_gives_the_outputs_of_Keras(string fixture, string spec, bool channelsLast)
    {
        using var scope = NewDisposeScope();
        using var model = CompiledModels.Load([SpecFile.Of(spec, "keras_model.json")]).Values.Single().Create();
        using var architecture = JsonDocument.Parse(File.ReadAllText(KerasWeights.Fixture($"{fixture}.json")));
        using var expected = JsonDocument.Parse(File.ReadAllText(KerasWeights.Fixture($"{fixture}.expected.json")));
        // The network is the one that Keras describes, and has its weights.
        Assert.Equal(
            architecture.RootElement.GetProperty("config").GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("class_name").GetString()!).Where(type => type != "InputLayer"),
            model.Model.Layers.Select(layer => layer.Kind));
        Assert.Equal(expected.RootElement.GetProperty("parameters").GetInt64(), model.Model.TotalParameters);
        KerasWeights.Set(model, KerasWeights.Read(KerasWeights.Fixture($"{fixture}.h5")));
        var images = tensor([.. File.ReadAllBytes(KerasWeights.Fixture("images.bin")).Select(value => value / 255f)], [4, 1, 28, 28]);
        model.ChannelsLast = channelsLast;

        var outputs = model.predict(images).data<float>().ToArray();

        var wanted = expected.RootElement.GetProperty("output").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetDouble()).ToList();
        Assert.Equal(40, wanted.Count);
        Assert.All(wanted.Zip(outputs), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
