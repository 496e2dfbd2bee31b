using FashionCnn.Models;
using FashionCnn.Native;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Checks;

/// <summary>What an operation is asked to do about Torch's kernels, it does, on processors without the faults too.</summary>
public sealed class KernelChoiceTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void A_convolution_that_is_kept_in_fp32_is_computed_in_fp32_forward_and_backward(int groups)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var model = new Probe(groups) { Precision = bfloat16 };
        var image = randn(3, 8, 5, 5).bfloat16();
        var gradient = randn(3, 8, 5, 5).bfloat16();

        var (kept, keptWeight) = Run(model.Conv, x => model.Convolve(x, fp32: true), image, gradient);
        var (exact, exactWeight) = Run(model.Conv, model.Conv.call, image.to(float32), gradient.to(float32));
        var (_, roundedWeight) = Run(model.Conv, x => model.Convolve(x, fp32: false), image, gradient);

        Assert.Equal(bfloat16, kept.dtype);
        Assert.True(kept.Equals(exact.bfloat16()));
        Assert.True(keptWeight.Equals(exactWeight));
        // The other way the weight's gradient passes through a copy in bf16.
        Assert.True(roundedWeight.Equals(roundedWeight.bfloat16().to(float32)));
        Assert.False(keptWeight.Equals(keptWeight.bfloat16().to(float32)));
    }

    // Rounding to bf16 changes a value by 1/256 at most; sums in bf16, as Torch has them without instructions for it, lose more.
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void A_convolution_in_bf16_rounds_its_results_and_not_its_sums(int groups)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var model = new Probe(groups) { Precision = bfloat16 };
        var image = randn(64, 8, 16, 16).bfloat16().requires_grad_();
        var gradient = (1 + (0.1 * randn(64, 8, 16, 16))).bfloat16();
        var exactImage = image.detach().to(float64).requires_grad_();
        var (weight, bias) = (Rounded(model.Conv.weight), Rounded(model.Conv.bias!));

        var output = model.Convolve(image, fp32: false);
        output.backward([gradient]);
        var exact = nn.functional.conv2d(exactImage, weight, bias, padding: [1, 1], groups: groups);
        exact.backward([gradient.to(float64)]);

        Assert.Equal(bfloat16, output.dtype);
        Close(exact, output);
        Close(exactImage.grad!, image.grad!);
        Close(weight.grad!, model.Conv.weight.grad!);
        Close(bias.grad!, model.Conv.bias!.grad!);

        static Tensor Rounded(Tensor weight) => weight.detach().bfloat16().to(float64).requires_grad_();

        static void Close(Tensor exact, Tensor actual) =>
            Assert.InRange((actual.to(float64) - exact).abs().max().item<double>() / exact.abs().max().item<double>(), 0, ComputePrecision.ProcessorHasBf16 ? 2e-2 : 1.0 / 256);
    }

    [Fact]
    public void Layer_normalization_in_bf16_adds_its_gradients_up_in_fp32()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var model = new Probe(1) { Precision = bfloat16 };
        var image = randn(64, 8, 16, 16).bfloat16();
        var gradient = randn(64, 8, 16, 16).bfloat16();

        var (_, weight) = Run(model.Norm, model.Normalize, image, gradient);
        var bias = model.Norm.get_parameter("bias")!.grad!.clone();
        var pixels = gradient.to(float64).permute(0, 2, 3, 1).reshape(-1, 8);
        var normalized = nn.functional.layer_norm(image.to(float64).permute(0, 2, 3, 1).reshape(-1, 8), [8], null, null, 0.001);

        Close(pixels.sum([0]), bias);
        Close((pixels * normalized).sum([0]), weight);

        static void Close(Tensor exact, Tensor actual) => Assert.InRange((actual.to(float64) - exact).abs().max().item<double>() / exact.abs().max().item<double>(), 0, 1e-4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Channels_first_gives_the_strides_of_channels_first(int channels)
    {
        using var scope = NewDisposeScope();
        var image = rand(2, 5, 4, channels).permute(0, 3, 1, 2);
        Assert.Equal(1, image.stride()[1]);

        var same = Probe.ChannelsFirst(image);

        Assert.Equal([20 * channels, 20, 4, 1], same.stride());
        Assert.True(same.Equals(image));
    }

    // The references are Torch's convolutions in double precision. Here they are the definition, in plain loops.
    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(4, 1, 1)]
    public void Torchs_convolution_in_double_precision_is_the_definition_forward_and_backward(int groups, int stride, int dilation)
    {
        const int Channels = 4, Filters = 8, Size = 7, Kernel = 3, Pad = 2;
        using var scope = NewDisposeScope();
        manual_seed(1);
        var x = randn(2, Channels, Size, Size, dtype: float64, requires_grad: true);
        var w = randn(Filters, Channels / groups, Kernel, Kernel, dtype: float64, requires_grad: true);
        var b = randn(Filters, dtype: float64, requires_grad: true);
        var y = nn.functional.conv2d(x, w, b, [stride, stride], [Pad, Pad], [dilation, dilation], groups);
        var g = randn(y.shape, dtype: float64);
        y.backward([g]);

        var (xs, ws, bs, gs) = (Values(x), Values(w), Values(b), Values(g));
        var (ys, dx, dw, db) = (new double[gs.Length], new double[xs.Length], new double[ws.Length], new double[bs.Length]);
        var (outputs, inGroup, outGroup) = ((int)y.shape[2], Channels / groups, Filters / groups);
        for (var i = 0; i < gs.Length; i++)
        {
            var (column, row, filter, image) = (i % outputs, i / outputs % outputs, i / outputs / outputs % Filters, i / outputs / outputs / Filters);
            ys[i] += bs[filter];
            db[filter] += gs[i];
            foreach (var (channel, ky, kx) in from c in Enumerable.Range(0, inGroup) from ky in Enumerable.Range(0, Kernel) from kx in Enumerable.Range(0, Kernel) select (c, ky, kx))
            {
                var (top, left) = ((row * stride) + (ky * dilation) - Pad, (column * stride) + (kx * dilation) - Pad);
                if (top is >= 0 and < Size && left is >= 0 and < Size)
                {
                    var from = (((((image * Channels) + (filter / outGroup * inGroup) + channel) * Size) + top) * Size) + left;
                    var by = (((((filter * inGroup) + channel) * Kernel) + ky) * Kernel) + kx;
                    ys[i] += xs[from] * ws[by];
                    dx[from] += gs[i] * ws[by];
                    dw[by] += gs[i] * xs[from];
                }
            }
        }

        Close(ys, y);
        Close(dx, x.grad!);
        Close(dw, w.grad!);
        Close(db, b.grad!);

        static double[] Values(Tensor tensor) => tensor.detach().data<double>().ToArray();

        static void Close(double[] expected, Tensor actual) =>
            Assert.All(expected.Zip(Values(actual)), pair => Assert.Equal(pair.First, pair.Second, 1e-11));
    }

    private static (Tensor Output, Tensor Weight) Run(nn.Module layer, Func<Tensor, Tensor> compute, Tensor image, Tensor gradient)
    {
        layer.zero_grad();
        var output = compute(image.detach().requires_grad_(true));
        output.backward([gradient]);
        return (output.detach(), layer.get_parameter("weight")!.grad!.clone());
    }

    private sealed class Probe : ImageClassifier
    {
        public Probe(int groups)
            : base(TestModels.Small)
        {
            Conv = Register("conv", CreateConv2D(channels: 8, filters: 8, kernel: (3, 3), padding: (1, 1), groups: groups));
            Norm = Register("norm", CreateLayerNormalization(channels: 8, epsilon: 0.001));
        }

        public Conv2d Conv { get; }

        public LayerNormalization Norm { get; }

        public static Tensor ChannelsFirst(Tensor x) => channels_first(x);

        public Tensor Convolve(Tensor x, bool fp32) => conv2d(Conv, x, fp32);

        public Tensor Normalize(Tensor x) => layer_norm(Norm, x);

        protected override Tensor Logits(Tensor x) => x;
    }
}
