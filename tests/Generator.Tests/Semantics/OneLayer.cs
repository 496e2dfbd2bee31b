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
        var actual = model.forward(image).data<float>().ToArray();
        Assert.Equal(expected.Count, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }
}
