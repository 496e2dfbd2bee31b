using System.Globalization;
using FashionCnn.Native;
using FashionCnn.SpecFiles;
using FashionCnn.Storage;
using FashionCnn.Tests;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
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

    // Less than that of the logits depending on the image, the comparison would say nothing.
    private const double LeastSpread = 1e-3;

    /// <summary>Writes a row for each model: the largest difference of a logit, and how far two images lie apart, as shares of the largest logit.</summary>
    /// <returns>1 where a difference is too large.</returns>
    public static int Run(IEnumerable<string> names)
    {
        NativeTorch.EnsureLoaded();
        var failed = 0;
        Console.WriteLine("| model | difference | of two images |");
        Console.WriteLine("|---|---:|---:|");
        foreach (var name in names)
        {
            var (difference, spread) = Compare(name);
            var isGood = difference <= Tolerance && spread >= LeastSpread;
            failed += isGood ? 0 : 1;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {difference:0.0e+0} | {spread:0.0e+0} |{(isGood ? string.Empty : " FAILED")}"));
        }

        return failed == 0 ? 0 : 1;
    }

    private static (double Difference, double Spread) Compare(string name)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var spec = Fixture.Application(name).Spec;
        manual_seed(1);
        var model = RandomWeights.Create(SpecClass.Build(spec));
        var input = model.Model.Input;
        // Of unlike brightness: what is averaged over an image differs too.
        var images = rand(2, input.Channels, input.Height, input.Width) * tensor([0.5f, 1f]).view(2, 1, 1, 1);
        var expected = model.forward(images).data<float>().ToArray();
        using var folder = new Folder();
        var path = Path.Combine(folder.Path, "model.onnx");
        using (var file = File.Create(path))
        {
            var tensors = model.state_dict();
            OnnxExport.Write(file, spec, new OnnxOptions { HasLogits = true }, (tensor, take) => TensorBytes.ForEachPart(tensors[tensor], bytes => take(bytes)));
        }

        model.Dispose();
        var given = Run(path, images.permute(0, 2, 3, 1).contiguous());
        var largest = expected.Max(Math.Abs);
        var pairs = expected.Take(expected.Length / 2).Zip(expected.Skip(expected.Length / 2));
        // What is not a number is no agreement.
        var differences = expected.Zip(given).Select(pair => Math.Abs(pair.First - pair.Second) / largest).ToList();
        return (differences.TrueForAll(float.IsFinite) ? differences.Max() : double.PositiveInfinity, pairs.Max(pair => Math.Abs(pair.First - pair.Second)) / largest);
    }

    private static float[] Run(string path, Tensor images)
    {
        using var session = new InferenceSession(path);
        var input = new DenseTensor<float>(images.data<float>().ToArray(), [.. images.shape.Select(size => (int)size)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(OnnxExport.InputName, input)]);
        return [.. results.Single().AsEnumerable<float>()];
    }
}
