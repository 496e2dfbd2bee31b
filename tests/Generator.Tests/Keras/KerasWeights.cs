using FashionCnn.Models;
using PureHDF;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Keras;

/// <summary>A tensor as Keras keeps it.</summary>
/// <param name="Name">Such as <c>sequential/conv2d/kernel</c>: model, layer, tensor.</param>
/// <param name="Shape">Height, width, channels in and out for the kernel of a convolution; in and out for that of a dense layer.</param>
/// <param name="Values">In the order of the shape.</param>
internal sealed record KerasTensor(string Name, long[] Shape, float[] Values)
{
    /// <summary>The name in the state dict of a model whose layers are called as Keras's.</summary>
    public string StateName
    {
        get
        {
            var parts = Name.Split('/');
            return $"{parts[^2]}." + parts[^1] switch
            {
                "kernel" or "gamma" => "weight",
                "bias" or "beta" => "bias",
                "moving_mean" => "running_mean",
                "moving_variance" => "running_var",
                var other => throw new NotSupportedException(other),
            };
        }
    }

    /// <summary>The values in the order of the state dict.</summary>
    public Tensor ToTorch()
    {
        var whole = tensor(Values, Shape);
        return Shape.Length switch
        {
            4 => whole.permute(3, 2, 0, 1),
            2 => whole.t(),
            _ => whole,
        };
    }
}

/// <summary>Weights from Keras in models of ours.</summary>
internal static class KerasWeights
{
    public static string Fixture(string name) => Path.Combine(Repository.Root, "tests", "Generator.Tests", "Keras", "Fixtures", name);

    /// <summary>All weights of a file that Keras's <c>save_weights</c> or <c>save</c> wrote as HDF5.</summary>
    public static List<KerasTensor> Read(string path)
    {
        using var file = H5File.OpenRead(path);
        var layers = file.Group("model_weights");
        return
        [
            .. from layer in layers.Attribute("layer_names").Read<string[]>()
               let tensors = layers.Group(layer)
               let names = tensors.Attribute("weight_names")
               // Of a layer without weights the list is empty, and not even one of strings.
               where names.Space.Dimensions is not [0]
               from name in names.Read<string[]>()
               let data = tensors.Dataset(name)
               select new KerasTensor(name, [.. data.Space.Dimensions.Select(size => (long)size)], data.Read<float[]>()),
        ];
    }

    /// <summary>Sets all weights of a model, none left over on either side.</summary>
    public static void Set(ImageClassifier model, IReadOnlyList<KerasTensor> weights)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var state = model.state_dict();
        Assert.Equal(state.Keys.Order(), weights.Select(weight => weight.StateName).Order());
        foreach (var weight in weights)
        {
            var values = weight.ToTorch();
            Assert.Equal(state[weight.StateName].shape, values.shape);
            _ = state[weight.StateName].copy_(values);
        }
    }
}
