using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FashionCnn.Benchmarks.Training;

/// <summary>MobileNetV2 and EfficientNetB0 for images of 224x224 pixels, as one writes them in TorchSharp by hand.</summary>
internal static class HandWrittenMobile
{
    private const long Classes = 1000;

    // Expansion, filters, repetitions, stride.
    private static readonly (long Expansion, long Filters, int Count, long Stride)[] MobileStages =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    // Kernel, expansion, filters, repetitions, stride.
    private static readonly (long Kernel, long Expansion, long Filters, int Count, long Stride)[] EfficientStages =
        [(3, 1, 16, 1, 1), (3, 6, 24, 2, 2), (5, 6, 40, 2, 2), (3, 6, 80, 3, 2), (5, 6, 112, 3, 1), (5, 6, 192, 4, 2), (3, 6, 320, 1, 1)];

    public static Sequential MobileNetV2()
    {
        List<Module<Tensor, Tensor>> layers = [.. Convolution(3, 32, 3, 2), Relu6];
        var channels = 32L;
        foreach (var (expansion, filters, count, stride) in MobileStages)
        {
            for (var i = 0; i < count; i++, channels = filters)
            {
                var hidden = channels * expansion;
                var block = Sequential(
                [
                    .. expansion == 1 ? [] : (IEnumerable<Module<Tensor, Tensor>>)[.. Convolution(channels, hidden, 1), Relu6],
                    .. Convolution(hidden, hidden, 3, i == 0 ? stride : 1, hidden), Relu6,
                    .. Convolution(hidden, filters, 1),
                ]);
                layers.Add(i == 0 ? block : new Residual(block, 0));
            }
        }

        return Sequential([.. layers, .. Convolution(channels, 1280, 1), Relu6, AdaptiveAvgPool2d(1), Flatten(), Linear(1280, Classes)]);
    }

    public static Sequential EfficientNetB0()
    {
        List<Module<Tensor, Tensor>> layers = [.. Convolution(3, 32, 3, 2), Silu];
        var channels = 32L;
        var depth = 0;
        foreach (var (kernel, expansion, filters, count, stride) in EfficientStages)
        {
            for (var i = 0; i < count; i++, channels = filters, depth++)
            {
                var hidden = channels * expansion;
                var block = Sequential(
                [
                    .. expansion == 1 ? [] : (IEnumerable<Module<Tensor, Tensor>>)[.. Convolution(channels, hidden, 1), Silu],
                    .. Convolution(hidden, hidden, kernel, i == 0 ? stride : 1, hidden), Silu,
                    new SqueezeExcite(hidden, channels / 4),
                    .. Convolution(hidden, filters, 1),
                ]);
                layers.Add(i == 0 ? block : new Residual(block, 0.2 * depth / 16));
            }
        }

        return Sequential([.. layers, .. Convolution(channels, 1280, 1), Silu, AdaptiveAvgPool2d(1), Flatten(), Dropout(0.2), Linear(1280, Classes)]);
    }

    private static Module<Tensor, Tensor> Relu6 => ReLU6(inplace: true);

    private static Module<Tensor, Tensor> Silu => SiLU(inplace: true);

    private static IEnumerable<Module<Tensor, Tensor>> Convolution(long channels, long filters, long kernel, long stride = 1, long groups = 1) =>
    [
        Conv2d(channels, filters, kernel_size: kernel, stride: stride, padding: kernel / 2, groups: groups, bias: false),
        BatchNorm2d(filters, eps: 0.001, momentum: 0.01),
    ];

    /// <summary>Adds its input, and in training leaves the rest out for some of the images.</summary>
    private sealed class Residual : Module<Tensor, Tensor>
    {
        private readonly Sequential block;
        private readonly double rate;

        public Residual(Sequential block, double rate)
            : base(nameof(Residual))
        {
            (this.block, this.rate) = (block, rate);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            var output = block.call(input);
            if (training && rate > 0)
            {
                output = output * functional.dropout(ones(input.shape[0], 1, 1, 1), rate);
            }

            return input + output;
        }
    }

    /// <summary>Multiplies each channel by what all channels' averages say.</summary>
    private sealed class SqueezeExcite : Module<Tensor, Tensor>
    {
        private readonly Sequential gate;

        public SqueezeExcite(long channels, long hidden)
            : base(nameof(SqueezeExcite))
        {
            gate = Sequential(AdaptiveAvgPool2d(1), Conv2d(channels, hidden, kernel_size: 1), Silu, Conv2d(hidden, channels, kernel_size: 1), Sigmoid());
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input * gate.call(input);
    }
}
