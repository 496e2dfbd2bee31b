using System.Globalization;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.SpecFiles;
using FashionCnn.Storage;
using FashionCnn.Tests;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace FashionCnn.Interchange.Tests;

/// <summary>
/// The models of keras.applications, with random weights, as ONNX files in ONNX Runtime and as classes in Torch. It takes minutes and gigabytes, so it is
/// a command and no test.
/// </summary>
internal static class OnnxComparison
{
    private const double Tolerance = 1e-5;

    // If the logits depend less than that on the image, a comparison says nothing.
    private const double LeastSpread = 1e-3;

    // Deep networks with random weights may be chaotic. Of one that differs more than that from itself in float64, no float32 can be compared with another.
    private const double OwnTolerance = 2e-6;

    private static readonly double[] Gains = [2, 1.75, 1.5, 1.25, 1.1, 1];

    /// <summary>
    /// Writes a row for each model: the variance that its kernels give to values of variance 1, how far the logits of two images lie apart, and the largest
    /// difference of a logit between ONNX Runtime and Torch, both as shares of the largest logit. What ONNX Runtime makes of a graph before it computes it, such as
    /// normalization folded into kernels, costs digits: where the difference is too large with that, the graph as it stands is compared. The results are kept.
    /// </summary>
    /// <returns>1 where a difference is too large.</returns>
    public static int Run(IEnumerable<string> names)
    {
        NativeTorch.EnsureLoaded();
        var failed = 0;
        Console.WriteLine("| model | gain of kernels | of two images | of ONNX Runtime |");
        Console.WriteLine("|---|---:|---:|---:|");
        foreach (var name in names)
        {
            var (gain, spread, difference, plain) = Gains.Select(gain => Compare(name, gain)).FirstOrDefault(found => found.Difference is not null);
            failed += plain <= Tolerance ? 0 : 1;
            if (difference is { } found && plain is { } least)
            {
                new OnnxResult(gain, spread, found, least).Keep(name);
            }

            Console.WriteLine(difference is null ? $"| {name} | FAILED: no weights were found with which it can be compared |" : string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {gain} | {spread:0.0e+0} | {difference:0.0e+0}{(plain == difference ? string.Empty : $" ({plain:0.0e+0} as it stands)")} |{(plain <= Tolerance ? string.Empty : " FAILED")}"));
        }

        return failed == 0 ? 0 : 1;
    }

    /// <summary>Compares; the difference is null for weights with which that makes no sense.</summary>
    private static (double Gain, double Spread, double? Difference, double? Plain) Compare(string name, double gain)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        // Of other pixels, the first layer would be another, and earlier results those of other networks.
        var spec = Fixture.Import(name, PixelRange.ZeroTo255).Spec;
        manual_seed(1);
        using var model = RandomWeights.Create(SpecClass.Build(spec), gain);
        var input = model.Model.Input;
        // Of unlike brightness: what is averaged over an image differs too.
        var images = rand(2, input.Channels, input.Height, input.Width) * tensor([0.5f, 1f]).view(2, 1, 1, 1);
        var expected = model.forward(images).data<float>().ToArray();
        var spread = Difference(expected[..(expected.Length / 2)], expected[(expected.Length / 2)..]);
        if (!(spread >= LeastSpread))
        {
            return (gain, spread, null, null);
        }

        using var folder = new Folder();
        var path = Path.Combine(folder.Path, "model.onnx");
        using (var file = File.Create(path))
        {
            var tensors = model.state_dict();
            OnnxExport.Write(file, spec, new OnnxOptions { HasLogits = true }, (tensor, take) => TensorBytes.ForEachPart(tensors[tensor], bytes => take(bytes)));
        }

        var given = images.permute(0, 2, 3, 1).contiguous();
        var difference = Difference(expected, Run(path, given, GraphOptimizationLevel.ORT_ENABLE_ALL));
        if (difference <= Tolerance)
        {
            return (gain, spread, difference, difference);
        }

        var plain = Difference(expected, Run(path, given, GraphOptimizationLevel.ORT_DISABLE_ALL));
        return plain <= Tolerance || Difference(expected, Exact(model, images)) <= OwnTolerance ? (gain, spread, difference, plain) : (gain, spread, null, null);
    }

    private static float[] Exact(ImageClassifier model, Tensor images)
    {
        model.to(float64);
        model.Precision = float64;
        return model.forward(images).data<float>().ToArray();
    }

    // What is not a number is no agreement.
    private static double Difference(float[] expected, float[] given) =>
        expected.Concat(given).All(float.IsFinite) ? expected.Zip(given).Max(pair => Math.Abs(pair.First - pair.Second)) / (double)expected.Max(Math.Abs) : double.NaN;

    private static float[] Run(string path, Tensor images, GraphOptimizationLevel level)
    {
        using var settings = new SessionOptions { GraphOptimizationLevel = level };
        using var session = new InferenceSession(path, settings);
        var input = new DenseTensor<float>(images.data<float>().ToArray(), [.. images.shape.Select(size => (int)size)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(OnnxExport.InputName, input)]);
        return [.. results.Single().AsEnumerable<float>()];
    }
}
