using FashionCnn.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionCnn.Checks;

/// <summary>How far a tensor is from the same one in double precision.</summary>
/// <param name="Quantity"><c>output</c>, <c>gradient of the input</c>, or <c>gradient of</c> and a parameter's name.</param>
/// <param name="Value">The largest difference, as a share of the largest value; infinite where a value is not finite.</param>
internal sealed record ModelDifference(string Quantity, double Value);

/// <summary>
/// Computes a model forward and backward, and again in double precision, where Torch has kernels of its own: they do not go through
/// oneDNN, which finds the fast ones for a processor and a shape.
/// </summary>
internal static class ModelComparison
{
    /// <summary>The difference that rounding alone stays below.</summary>
    public static double Allowed(ScalarType precision) => precision == bfloat16 ? 2e-2 : 1e-4;

    /// <summary>Compares the output and the gradients of the input and of every parameter that is trained, in training, on random images.</summary>
    /// <param name="model">The model.</param>
    /// <param name="precision">float32 or bfloat16.</param>
    /// <param name="batchSize">Images in the batch.</param>
    /// <param name="seed">Decides weights, images and gradients.</param>
    public static IReadOnlyList<ModelDifference> Measure(ModelDescriptor model, ScalarType precision, int batchSize, long seed)
    {
        using var scope = NewDisposeScope();
        manual_seed(seed);
        using var module = model.Create();
        Scatter(module, precision);
        module.Precision = precision;
        using var reference = model.Create();
        reference.load_state_dict(module.state_dict());
        reference.to(float64);
        reference.Precision = float64;

        var images = randn(batchSize, model.Input.Channels, model.Input.Height, model.Input.Width).to(precision);
        var (output, gradients) = Compute(module, images.to(float32), null, precision, seed);
        var (exactOutput, exactGradients) = Compute(reference, images.to(float64), output.Gradient, precision, seed);
        return
        [
            new("output", Difference(output.Value, exactOutput.Value)),
            .. gradients.Zip(exactGradients, (actual, exact) => new ModelDifference($"gradient of {actual.Name}", Difference(actual.Value, exact.Value))),
        ];
    }

    // Weights of 1 and biases of 0 would hide what is wrong with them. What is rounded already is not rounded again on its way into a kernel.
    private static void Scatter(ImageClassifier module, ScalarType precision)
    {
        using var guard = no_grad();
        foreach (var parameter in module.parameters())
        {
            parameter.add_(randn_like(parameter) * 0.1).copy_(parameter.to(precision).to(float32));
        }
    }

    private static ((Tensor Value, Tensor Gradient) Output, List<(string Name, Tensor Value)> Gradients) Compute(
        ImageClassifier module, Tensor images, Tensor? gradient, ScalarType precision, long seed)
    {
        // Dropout and augmentation draw the same numbers in both.
        manual_seed(seed + 1);
        module.train();
        images = images.detach().requires_grad_(true);
        var output = module.forward(images);
        gradient ??= randn_like(output).to(precision).to(float32);
        output.backward([gradient]);
        return ((output.detach(), gradient), [("the input", images.grad!), .. module.named_parameters().Where(pair => pair.parameter.requires_grad).Select(pair => (pair.name, pair.parameter.grad!))]);
    }

    private static double Difference(Tensor actual, Tensor exact)
    {
        var wide = actual.to(float64);
        var largest = exact.to(float64).abs().max().item<double>();
        var difference = (wide - exact.to(float64)).abs().max().item<double>();
        return !double.IsFinite(difference) ? double.PositiveInfinity : difference == 0 ? 0 : difference / largest;
    }
}
