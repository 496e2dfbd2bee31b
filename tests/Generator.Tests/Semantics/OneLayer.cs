using FashionCnn.Models;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

/// <summary>Layers against Keras's definitions, written out as plain loops over height, width and channels: what those tests share.</summary>
internal static class OneLayer
{
    /// <summary>A model of the one layer, its output flattened.</summary>
    public static ImageClassifier Load(string layer, int size) =>
        CompiledModels.Load([SpecFile.Of($$"""{ "version": 1, "input": { "shape": [{{size}}, {{size}}, 3] }, "layers": [ {{layer}}, { "type": "Flatten" } ] }""", "one_layer.json")]).Values.Single().Create();

    /// <summary>What the layer gives, not flattened: N x channels x height x width, contiguous, or N x values.</summary>
    public static Tensor Forward(ImageClassifier model, Tensor images)
    {
        var output = model.forward(images);
        var shape = model.Model.Layers[^2].OutputShape;
        return shape.IsImage ? output.reshape(images.shape[0], shape.Height, shape.Width, shape.Channels).permute(0, 3, 1, 2).contiguous() : output;
    }

    public static int Output(int size, int kernel, int stride, int dilation, string padding, out int before)
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

    public static void Check(List<float> expected, ImageClassifier model, Tensor image)
    {
        model.eval();
        var actual = Forward(model, image).data<float>().ToArray();
        Assert.Equal(expected.Count, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
