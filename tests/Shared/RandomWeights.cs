using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Tests;

/// <summary>Models in which nothing is left at 0 or 1, where a fault would not show.</summary>
internal static class RandomWeights
{
    /// <summary>A model in evaluation mode, every weight and statistic of it drawn from Torch's random numbers.</summary>
    /// <param name="descriptor">The model.</param>
    /// <param name="gain">The variance that a kernel gives values of variance 1. 2 makes up for what ReLU takes away.</param>
    public static ImageClassifier Create(ModelDescriptor descriptor, double gain = 2)
    {
        using var guard = no_grad();
        var model = descriptor.Create();
        foreach (var (name, tensor) in model.state_dict())
        {
            using var drawing = NewDisposeScope();
            var drawn = name.EndsWith("var", StringComparison.Ordinal) || name.EndsWith("variance", StringComparison.Ordinal) ? rand_like(tensor) + 0.5
                : tensor.dim() > 1 ? randn_like(tensor) * Math.Sqrt(gain * tensor.shape[0] / tensor.numel())
                : (randn_like(tensor) * 0.3) + (name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            tensor.copy_(drawn);
        }

        model.eval();
        return model;
    }
}
