using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TorchSharp;

namespace FashionCnn.Native;

/// <summary>How fast a machine computes, in billions of floating-point operations per second.</summary>
/// <param name="Fp32Limit">A loop of multiply-adds in registers on all threads: what the processor can do at most.</param>
/// <param name="Fp32MatrixProduct">A product of two 1024 x 1024 matrices.</param>
/// <param name="Fp32Convolution">A 3x3 convolution from 64 to 64 channels of 32 images of 28x28.</param>
/// <param name="Bf16MatrixProduct">The same product in bf16.</param>
/// <param name="Bf16Convolution">The same convolution in bf16.</param>
internal sealed record MachineSpeed(double Fp32Limit, double Fp32MatrixProduct, double Fp32Convolution, double Bf16MatrixProduct, double Bf16Convolution)
{
    private const int Size = 1024;
    private const int Rounds = 2_000_000;

    // What one round of the loop holds in registers: enough for the latency of a multiply-add, few enough for 16 registers.
    private const int Accumulators = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.3);

    private static float kept;

    /// <summary>Measures for about two seconds, the best of several tries each.</summary>
    /// <param name="threads">Threads to compute with.</param>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static MachineSpeed Measure(int threads)
    {
        NativeTorch.EnsureLoaded();
        using var set = new TorchThreads(threads);
        return new(Limit(threads), MatrixProduct(torch.float32), Convolution(torch.float32), MatrixProduct(torch.bfloat16), Convolution(torch.bfloat16));
    }

    /// <summary>What the processor can do at most in fp32: a loop of multiply-adds in registers, the best of several tries.</summary>
    /// <param name="threads">Threads to compute with.</param>
    /// <returns>Billions of floating-point operations per second.</returns>
    public static double Limit(int threads)
    {
        var width = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;
        return Best(2.0 * Rounds * Accumulators * width * threads, () =>
        {
            var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() => kept = Vector512.IsHardwareAccelerated ? Loop512() : Loop256())).ToList();
            workers.ForEach(worker => worker.Start());
            workers.ForEach(worker => worker.Join());
        });
    }

    private static double MatrixProduct(torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        var (a, b) = (torch.ones(Size, Size, type), torch.ones(Size, Size, type));
        return Best(2.0 * Size * Size * Size, () => a.mm(b).Dispose());
    }

    private static double Convolution(torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        using var guard = torch.no_grad();
        // Channels innermost, as bf16 is computed.
        var images = type == torch.bfloat16 ? torch.ones(32, 28, 28, 64, type).permute(0, 3, 1, 2) : torch.ones(32, 64, 28, 28, type);
        var weights = torch.ones(64, 64, 3, 3, type);
        return Best(2.0 * 32 * 28 * 28 * 64 * 64 * 9, () => torch.nn.functional.conv2d(images, weights, padding: [1, 1]).Dispose());
    }

    /// <summary>Billions of operations per second in the fastest try, after one that does not count.</summary>
    private static double Best(double operations, Action compute)
    {
        compute();
        var best = double.PositiveInfinity;
        var total = Stopwatch.StartNew();
        do
        {
            var clock = Stopwatch.StartNew();
            compute();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        while (total.Elapsed < Patience);
        return operations / best / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Loop512()
    {
        var (x, y) = (Vector512.Create(0.999f), Vector512.Create(0.001f));
        Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Loop256()
    {
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(0.001f));
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
