using FashionCnn.Models;
using FashionCnn.Storage;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Models;

/// <summary>Each tensor is stored once, under the name that the documentation gives it.</summary>
public sealed class TensorNamesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly string[] Separable =
        ["dense1.bias", "dense1.weight", "separable_conv1.depthwise.weight", "separable_conv1.pointwise.bias", "separable_conv1.pointwise.weight"];

    [Fact]
    public void A_separable_convolution_has_each_tensor_once()
    {
        using var model = SeparableNet.Descriptor.Create();

        Assert.Equal(Separable, model.state_dict().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(5, model.parameters().Count());
    }

    [Fact]
    public void A_model_in_a_field_of_another_module_has_each_tensor_once()
    {
        using var outer = new Outer();

        Assert.Equal(
            ["inner.batch_norm1.bias", "inner.batch_norm1.running_mean", "inner.batch_norm1.running_var", "inner.batch_norm1.weight", "inner.conv1.bias", "inner.conv1.weight", "inner.dense1.bias", "inner.dense1.weight"],
            outer.state_dict().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_another_tool_changed_in_an_older_file_is_what_is_read()
    {
        using var scope = NewDisposeScope();
        using var model = SeparableNet.Descriptor.Create();
        var tensors = model.state_dict().Select(pair => KeyValuePair.Create(pair.Key, pair.Key.Contains("depthwise", StringComparison.Ordinal) ? ones_like(pair.Value) : pair.Value)).ToList();
        tensors.Add(KeyValuePair.Create("separable_conv1.<Depthwise>k__BackingField.weight", zeros(1, 1, 3, 3)));
        using (var stream = File.Create(folder.File("w")))
        {
            Safetensors.Write(stream, tensors, new Dictionary<string, string>());
        }

        ModelWeights.Load(model, folder.File("w"));

        Assert.Equal(Enumerable.Repeat(1f, 9), model.state_dict()["separable_conv1.depthwise.weight"].data<float>().ToArray());
    }

    private sealed class Outer : nn.Module
    {
        // Torch finds the field, and would go on to the fields of what is in it.
        private readonly ImageClassifier inner = TestModels.Small.Create();

        public Outer()
            : base(nameof(Outer)) => RegisterComponents();
    }

    private sealed class SeparableNet : ImageClassifier
    {
        public SeparableNet()
            : base(Descriptor)
        {
            SeparableConv1 = Register("separable_conv1", CreateSeparableConv2D(channels: 1, multiplier: 1, filters: 4, kernel: (3, 3)));
            Dense1 = Register("dense1", CreateDense(features: 4 * 6 * 6, units: 3));
        }

        public static ModelDescriptor Descriptor { get; } = TestModels.Descriptor("separable", TestModels.Input, 3, () => new SeparableNet());

        public SeparableConvolution SeparableConv1 { get; }

        public Linear Dense1 { get; }

        protected override Tensor Logits(Tensor x) => linear(Dense1, flatten(SeparableConv1.call(x)));
    }
}
