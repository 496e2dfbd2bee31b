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

    public static void Run(string[] args)
    {
        _ = ProcessorCaches.Set(hidden: true);
        if (args is ["mended"])
        {
            Console.WriteLine(ProcessorCaches.Set(hidden: false) ? "mended" : "not mended");
        }

        var model = TestModels.Descriptor("convolutions", new ImageShape(14, 14, 1), 3, () => new Convolutions(TestModels.Small));
        foreach (var fault in SelfCheck.Run(model, new SelfCheckSetting("fp32", Threads: 1, TrainingBatch: 32, EvaluationBatch: 32, MemoryLayout.ChannelsFirst)).Faults)
        {
            Console.WriteLine(fault);
        }
    }

    // Channels first, wrong with AVX2 kernels and hidden caches: the second and the third convolution; with AVX-512 kernels: the fourth.
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
