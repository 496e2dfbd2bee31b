using System.Globalization;
using FashionCnn.Native;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>
/// The work of a child process: before any kernel is made, oneDNN's memory is made to look as on a processor that hides its caches (<c>hidden</c>),
/// and is then corrected (<c>mended</c>); or oneDNN is limited before, as where that is not possible (<c>limited</c>); or nothing is done
/// (<c>shown</c>). Then convolutions are compared with double precision, which oneDNN does not compute.
/// </summary>
internal static class HiddenCaches
{
    public const string Name = "hidden-caches";

    // All but the last are wrong with AVX2 kernels and hidden caches, the last with AVX-512 kernels.
    private static readonly Shape[] Shapes =
    [
        new(32, 31, 14, 17, 7, 1, 3, 1),
        new(32, 31, 2, 64, 2, 2, 0, 1),
        new(2, 12, 7, 1024, 7, 2, 3, 1),
        new(2, 1, 56, 1, 5, 1, 1, 1),
        new(32, 16, 7, 10, 5, 1, 2, 1),
        new(32, 24, 28, 32, 3, 1, 1, 1),
    ];

    private readonly record struct Shape(long Batch, long Channels, long Size, long Filters, long Kernel, long Stride, long Padding, long Groups)
    {
        public long Cost => Batch * Channels * Size * Size * Filters * Kernel * Kernel / Groups / Stride / Stride;
    }

    /// <summary>
    /// Writes what oneDNN takes the caches for, then a line for each convolution: the largest difference over the largest value. With a number
    /// behind the state, that many random convolutions are computed, and the wrong ones written.
    /// </summary>
    public static void Run(string[] args)
    {
        var state = args.ElementAtOrDefault(0) ?? "hidden";
        if (state == "limited")
        {
            var mend = new CacheMend(HidingCaches, isSwitchedOff: false, () => null, () => false);
            mend.Prepare(library: null);
            Console.WriteLine(mend.State!.Word);
        }

        if (state != "shown")
        {
            Console.WriteLine(ProcessorCaches.Set(hidden: true) ? ProcessorCaches.Read() : "not hidden");
        }

        if (state == "mended")
        {
            Console.WriteLine(ProcessorCaches.Set(hidden: false) ? ProcessorCaches.Read() : "not mended");

            // Once they are right, nothing more is written.
            Console.WriteLine(ProcessorCaches.Set(hidden: false));
        }

        if (args.Length > 1)
        {
            Scan(int.Parse(args[1], CultureInfo.InvariantCulture));
            return;
        }

        foreach (var shape in Shapes)
        {
            Console.WriteLine(Difference(shape).ToString("R", CultureInfo.InvariantCulture));
        }
    }

    private static void Scan(int count)
    {
        var random = new Random(1);
        var wrong = 0;
        for (var i = 0; i < count; i++)
        {
            var shape = Draw(random);
            if (Difference(shape) is > 1e-4 and var difference)
            {
                wrong++;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{shape}: {difference:0.0000}"));
            }
        }

        Console.WriteLine($"{wrong} of {count} wrong");
    }

    // Ordinary, 1x1, grouped and depthwise, of at most 1e8 multiply-accumulates.
    private static Shape Draw(Random random)
    {
        while (true)
        {
            var kernel = Pick(1, 2, 3, 5, 7);
            var channels = Pick(1, 3, 5, 8, 12, 16, 24, 31, 32, 48, 64, 96, 128, 256, 512, 1024);
            var filters = Pick(1, 3, 8, 10, 16, 17, 24, 32, 40, 64, 96, 128, 256, 512, 1024);
            var groups = Pick(1, 1, 1, 2, channels);
            if (groups > 1)
            {
                (channels, filters) = (Math.Max(channels / groups, 1) * groups, groups * (groups == 2 ? Math.Max(filters / 2, 1) : Pick(1, 2)));
            }

            var shape = new Shape(Pick(1, 2, 8, 32), channels, Math.Max(kernel, Pick(1, 2, 3, 7, 14, 28, 56)), filters, kernel, Pick(1, 1, 2, 3), Pick(0, kernel / 2), groups);
            if (shape.Cost <= 1e8)
            {
                return shape;
            }
        }

        long Pick(params ReadOnlySpan<long> values) => values[random.Next(values.Length)];
    }

    // The real one, which denies its caches.
    private static CpuIdLeaf HidingCaches(uint leaf, uint part) => leaf switch
    {
        0 => new(13, 0x68747541, 0x444D4163, 0x69746E65),
        0x8000001D => default,
        _ => CpuIdInstruction.Current!(leaf, part),
    };

    private static double Difference(Shape shape)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var input = randn(shape.Batch, shape.Channels, shape.Size, shape.Size);
        var weight = randn(shape.Filters, shape.Channels / shape.Groups, shape.Kernel, shape.Kernel);
        return Compute(float32).Zip(Compute(float64), (value, reference) => ((value.to(float64) - reference).abs().max() / reference.abs().max()).item<double>())
            .Max(difference => double.IsFinite(difference) ? difference : double.PositiveInfinity);

        // Output, gradient of the input, gradient of the weights.
        Tensor[] Compute(ScalarType type)
        {
            var x = input.detach().to(type, copy: true).requires_grad_(true);
            var w = weight.detach().to(type, copy: true).requires_grad_(true);
            var y = nn.functional.conv2d(x, w, strides: [shape.Stride, shape.Stride], padding: [shape.Padding, shape.Padding], groups: shape.Groups);
            manual_seed(2);
            y.backward([randn(y.shape).to(type)]);
            return [y.detach(), x.grad!, w.grad!];
        }
    }
}
