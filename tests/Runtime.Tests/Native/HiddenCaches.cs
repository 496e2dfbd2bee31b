using System.Globalization;
using FashionCnn.Native;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>
/// The work of a child process: before any kernel is made, oneDNN's memory is made to look as on a processor that hides its caches, and with
/// <c>mended</c> it is corrected again. Then some convolutions are compared with double precision, which oneDNN does not compute.
/// </summary>
internal static class HiddenCaches
{
    public const string Name = "hidden-caches";

    // Batch, channels, height and width, filters, kernel, strides, padding. All but the last are wrong with AVX2 kernels and hidden caches, the
    // last with AVX-512 kernels.
    private static readonly long[][] Shapes =
    [
        [32, 31, 14, 17, 7, 1, 3],
        [32, 31, 2, 64, 2, 2, 0],
        [2, 12, 7, 1024, 7, 2, 3],
        [2, 1, 56, 1, 5, 1, 1],
        [32, 16, 7, 10, 5, 1, 2],
        [32, 24, 28, 32, 3, 1, 1],
    ];

    /// <summary>Writes what oneDNN takes the caches for, then a line for each convolution: the largest difference over the largest value.</summary>
    public static void Run(string[] args)
    {
        Console.WriteLine(ProcessorCaches.State.Word);
        Console.WriteLine(ProcessorCaches.Read());
        Console.WriteLine(ProcessorCaches.Set(hidden: true) ? ProcessorCaches.Read() : "not hidden");
        if (args is ["mended"])
        {
            Console.WriteLine(ProcessorCaches.Set(hidden: false) ? ProcessorCaches.Read() : "not mended");

            // Once they are right, nothing more is written.
            Console.WriteLine(ProcessorCaches.Set(hidden: false));
        }

        foreach (var shape in Shapes)
        {
            Console.WriteLine(Difference(shape).ToString("R", CultureInfo.InvariantCulture));
        }
    }

    private static double Difference(long[] shape)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var input = randn(shape[0], shape[1], shape[2], shape[2]);
        var weight = randn(shape[3], shape[1], shape[4], shape[4]);
        return Compute(float32).Zip(Compute(float64), (value, reference) => ((value.to(float64) - reference).abs().max() / reference.abs().max()).item<double>())
            .Max(difference => double.IsFinite(difference) ? difference : double.PositiveInfinity);

        // Output, gradient of the input, gradient of the weights.
        Tensor[] Compute(ScalarType type)
        {
            var x = input.detach().to(type, copy: true).requires_grad_(true);
            var w = weight.detach().to(type, copy: true).requires_grad_(true);
            var y = nn.functional.conv2d(x, w, strides: [shape[5], shape[5]], padding: [shape[6], shape[6]]);
            manual_seed(2);
            y.backward([randn(y.shape).to(type)]);
            return [y.detach(), x.grad!, w.grad!];
        }
    }
}
