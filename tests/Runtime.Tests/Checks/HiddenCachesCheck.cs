using FashionCnn.Checks;
using FashionCnn.Models;
using FashionCnn.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Checks;

/// <summary>
/// The work of a child process: a self-check of convolutions that are computed wrongly where oneDNN takes the caches for one byte, with the
/// caches hidden, and hidden and then corrected.
/// </summary>
internal static class HiddenCachesCheck
{
    public const string Name = "hidden-caches-check";

    // A managed exception that nobody catches ends a process by SIGABRT too.
    private const int Abort = 128 + 6;
    private const string Uncaught = "Unhandled exception";

    private const string Computing = "computing ";
    private const string Wrong = "wrong ";
    private const string End = "end";

    // SIGILL, SIGABRT, SIGBUS, SIGFPE and SIGSEGV: those by which a kernel ends a process, as shells and .NET give them.
    private static readonly int[] Signals = [128 + 4, Abort, 128 + 7, 128 + 8, 128 + 11];

    // Channels first, wrong with AVX2 kernels and hidden caches: the second and the third convolution; with AVX-512 kernels: the fourth.
    private static readonly string[] Faulty = ["conv2", "conv3", "conv4"];

    /// <summary>Which of the layers that are computed wrongly with hidden caches a child process found, or died in; null when it shows none.</summary>
    /// <param name="exitCode">The process's exit code.</param>
    /// <param name="lines">What it wrote.</param>
    /// <param name="error">What it wrote to standard error.</param>
    public static string? Blamed(int exitCode, IReadOnlyList<string> lines, string error)
    {
        var isKilled = Signals.Contains(exitCode) && !(exitCode == Abort && error.Contains(Uncaught, StringComparison.Ordinal));
        var blamed = isKilled ? lines.Where(line => line.StartsWith(Computing, StringComparison.Ordinal)).TakeLast(1).Select(line => line[Computing.Length..])
            : exitCode == 0 && lines is [.., End] ? lines.Where(line => line.StartsWith(Wrong, StringComparison.Ordinal)).Select(line => line[Wrong.Length..])
            : [];
        return blamed.Select(layer => layer.Split(' ')[0]).FirstOrDefault(layer => Faulty.Contains(layer));
    }

    /// <summary>Whether a child process came to its end and found nothing.</summary>
    public static bool FoundNothing(int exitCode, IReadOnlyList<string> lines) =>
        exitCode == 0 && lines is [.., End] && !lines.Any(line => line.StartsWith(Wrong, StringComparison.Ordinal));

    public static void Run(string[] args)
    {
        _ = ProcessorCaches.Set(hidden: true);
        if (args is ["mended"])
        {
            Console.WriteLine(ProcessorCaches.Set(hidden: false) ? "mended" : "not mended");
        }

        var model = TestModels.Descriptor("convolutions", new ImageShape(14, 14, 1), 3, () => new Convolutions(TestModels.Small));
        var setting = new SelfCheckSetting("fp32", Threads: 1, TrainingBatch: 32, EvaluationBatch: 32, MemoryLayout.ChannelsFirst);
        foreach (var fault in SelfCheck.Run(model, setting, layer => Console.WriteLine(Computing + layer)).Faults)
        {
            Console.WriteLine(Wrong + fault);
        }

        Console.WriteLine(End);
    }

    private sealed class Convolutions : ImageClassifier
    {
        public Convolutions(ModelDescriptor descriptor)
            : base(descriptor)
        {
            Conv1 = Register("conv1", CreateConv2D(channels: 1, filters: 31, kernel: (1, 1)));
            Conv2 = Register("conv2", CreateConv2D(channels: 31, filters: 17, kernel: (7, 7), padding: (3, 3)));
            Conv3 = Register("conv3", CreateConv2D(channels: 17, filters: 24, kernel: (5, 5), padding: (2, 2)));
            Conv4 = Register("conv4", CreateConv2D(channels: 24, filters: 32, kernel: (3, 3), padding: (1, 1)));
            Dense1 = Register("dense1", CreateDense(features: 32, units: 3));
        }

        public Conv2d Conv1 { get; }

        public Conv2d Conv2 { get; }

        public Conv2d Conv3 { get; }

        public Conv2d Conv4 { get; }

        public Linear Dense1 { get; }

        protected override Tensor Logits(Tensor x)
        {
            x = conv2d(Conv2, conv2d(Conv1, x));
            x = conv2d(Conv4, conv2d(Conv3, x));
            return linear(Dense1, global_avg_pool2d(x));
        }
    }
}
