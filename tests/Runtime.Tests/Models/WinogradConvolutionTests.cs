using FashionCnn.Models;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Models;

public sealed class WinogradConvolutionTests : IDisposable
{
    // Of the largest value: 1.4e-5 is the most that was seen, where Torch's own kernel had 1.9e-6.
    private const double Tolerance = 2e-5;

    private readonly int threads = get_num_threads();

    public void Dispose() => set_num_threads(threads);

    // Tiles that fit, that reach beyond the image, one tile; fewer images than threads, blocks that are full and not; unlike channels.
    [Theory]
    [InlineData(8, 64, 64, 28, 28, 1, true)]
    [InlineData(5, 16, 48, 14, 14, 1, true)]
    [InlineData(33, 48, 16, 7, 9, 1, false)]
    [InlineData(3, 16, 16, 13, 6, 0, true)]
    [InlineData(1, 32, 32, 40, 31, 1, true)]
    [InlineData(64, 32, 16, 6, 6, 0, false)]
    [InlineData(2, 16, 16, 3, 3, 1, true)]
    [InlineData(2, 16, 16, 1, 2, 1, true)]
    [InlineData(40, 256, 128, 4, 4, 1, true)]
    public void OutputAndGradientsAreThoseOfDoublePrecision(int images, int channels, int filters, int height, int width, int padding, bool bias)
    {
        foreach (var count in new[] { 1, 2, 3 })
        {
            set_num_threads(count);
            using var scope = NewDisposeScope();
            _ = manual_seed(7);
            var x = Innermost(randn(images, height, width, channels)).requires_grad_();
            var weight = randn(filters, channels, 3, 3).requires_grad_();
            var added = bias ? randn(filters).requires_grad_() : null;
            var y = WinogradConvolution.Apply(x, weight, added, padding);
            var gradient = Innermost(randn(images, y.shape[2], y.shape[3], filters));
            y.backward([gradient]);

            var (exactX, exactWeight, exactAdded) = (Exact(x), Exact(weight), added is null ? null : Exact(added));
            var expected = nn.functional.conv2d(exactX, exactWeight, exactAdded, padding: [padding, padding]);
            expected.backward([gradient.to(float64)]);

            Assert.Equal(expected.shape, y.shape);
            Assert.True(ChannelMemory.Takes(y));
            Assert.InRange(Difference(y, expected), 0, Tolerance);
            Assert.InRange(Difference(x.grad!, exactX.grad!), 0, Tolerance);
            Assert.InRange(Difference(weight.grad!, exactWeight.grad!), 0, Tolerance);
            if (added is not null)
            {
                Assert.InRange(Difference(added.grad!, exactAdded!.grad!), 0, Tolerance);
            }
        }
    }

    // What is frozen, and what comes from the data, takes no gradient.
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void OnlyTheGradientsThatAreWantedAreComputed(bool input, bool weights)
    {
        using var scope = NewDisposeScope();
        _ = manual_seed(7);
        var x = Innermost(randn(3, 8, 8, 16)).requires_grad_(input);
        var weight = randn(16, 16, 3, 3).requires_grad_(weights);
        WinogradConvolution.Apply(x, weight, bias: null, padding: 1).sum().backward();

        var (exactX, exactWeight) = (Exact(x), Exact(weight));
        nn.functional.conv2d(exactX, exactWeight, padding: [1, 1]).sum().backward();

        Assert.Equal(input, x.grad is not null);
        Assert.Equal(weights, weight.grad is not null);
        Assert.InRange(input ? Difference(x.grad!, exactX.grad!) : Difference(weight.grad!, exactWeight.grad!), 0, Tolerance);
    }

    // Gradients lie in memory as they come: channel by channel, or one value for all pixels.
    [Fact]
    public void AnyGradientIsTakenAndTheOutputMayBeOverwritten()
    {
        using var scope = NewDisposeScope();
        _ = manual_seed(7);
        var weight = randn(32, 16, 3, 3);
        var x = Innermost(randn(3, 9, 7, 16));
        var factors = randn(3, 32, 9, 7);
        Tensor Gradient(ScalarType type, Func<Tensor, Tensor, Tensor> convolve, Func<Tensor, Tensor> then)
        {
            var values = x.to(type).detach().requires_grad_();
            then(convolve(values, weight.to(type)).relu_()).backward();
            return values.grad!;
        }

        foreach (var then in new Func<Tensor, Tensor>[] { y => y.sum(), y => (y * factors.to(y.dtype)).sum() })
        {
            var found = Gradient(float32, (values, by) => WinogradConvolution.Apply(values, by, bias: null, padding: 1), then);
            var expected = Gradient(float64, (values, by) => nn.functional.conv2d(values, by, padding: [1, 1]), then);
            Assert.InRange(Difference(found, expected), 0, Tolerance);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TheSameThreadsGiveTheSameBits(int count)
    {
        set_num_threads(count);
        using var scope = NewDisposeScope();
        _ = manual_seed(7);
        var x = Innermost(randn(9, 14, 14, 32)).requires_grad_();
        var weight = randn(32, 32, 3, 3).requires_grad_();
        var results = Enumerable.Range(0, 2).Select(_ =>
        {
            (x.grad, weight.grad) = (null, null);
            var y = WinogradConvolution.Apply(x, weight, bias: null, padding: 1);
            y.square().sum().backward();
            return (y, x.grad!, weight.grad!);
        }).ToList();

        Assert.True(results[0].y.equal(results[1].y).all().item<bool>());
        Assert.True(results[0].Item2.equal(results[1].Item2).all().item<bool>());
        Assert.True(results[0].Item3.equal(results[1].Item3).all().item<bool>());
    }

    [Fact]
    public void AStepLeavesNoLiveTensorBehind()
    {
        using var outer = NewDisposeScope();
        var x = Innermost(randn(3, 14, 14, 16));
        var weight = randn(16, 16, 3, 3).requires_grad_();
        var bias = randn(16).requires_grad_();
        var live = Enumerable.Range(0, 3).Select(_ =>
        {
            using (NewDisposeScope())
            {
                WinogradConvolution.Apply(x.detach().requires_grad_(), weight, bias, padding: 1).square().sum().backward();
                (weight.grad, bias.grad) = (null, null);
            }

            return LiveTensors.Count();
        }).ToList();

        Assert.Equal(live[1], live[2]);
    }

    [Theory]
    [InlineData(true, 32, 32, 3, 1, 1, 1, 1, 14)]
    [InlineData(true, 32, 32, 3, 1, 0, 1, 1, 14)]
    [InlineData(true, 32, 32, 3, 1, 1, 1, 1, 3)]
    // Strides, padding, dilation, groups, another kernel, channels that do not fill vectors.
    [InlineData(false, 32, 32, 3, 2, 1, 1, 1, 14)]
    [InlineData(false, 32, 32, 3, 1, 2, 1, 1, 14)]
    [InlineData(false, 32, 32, 3, 1, 1, 2, 1, 14)]
    [InlineData(false, 32, 32, 3, 1, 1, 1, 2, 14)]
    [InlineData(false, 32, 32, 5, 1, 1, 1, 1, 14)]
    [InlineData(false, 24, 32, 3, 1, 1, 1, 1, 14)]
    [InlineData(false, 32, 24, 3, 1, 1, 1, 1, 14)]
    // Tiles that are mostly beyond the image.
    [InlineData(false, 32, 32, 3, 1, 1, 1, 1, 2)]
    public void ItTakesConvolutionsThatGainByIt(bool takes, int channels, int filters, int kernel, int stride, int padding, int dilation, int groups, int size)
    {
        using var scope = NewDisposeScope();
        var layer = nn.Conv2d(channels, filters, (kernel, kernel), (stride, stride), (padding, padding), (dilation, dilation), groups: groups);
        var x = Innermost(zeros(300, size, size, channels));

        Assert.Equal(takes, WinogradConvolution.Takes(layer, x));
        Assert.False(WinogradConvolution.Takes(layer, x.contiguous()));
        Assert.False(WinogradConvolution.Takes(layer, x.narrow(0, 0, 1)));
        Assert.False(WinogradConvolution.Takes(layer, x.to(float64)));
    }

    // In evaluation an image must not depend on how many others there are.
    [Fact]
    public void AModelUsesItInTrainingWhereTheProcessorGainsByIt()
    {
        using var scope = NewDisposeScope();
        _ = manual_seed(7);
        using var model = new OneConvolution();
        var x = Innermost(randn(32, 14, 14, 16));
        using var guard = no_grad();
        var torch = model.Convolution.call(x);

        model.train();
        var trained = model.Compute(x);
        model.eval();

        Assert.True(model.Compute(x).equal(torch).all().item<bool>());
        Assert.InRange(Difference(trained, torch.to(float64)), 0, Tolerance);
        Assert.Equal(WinogradConvolution.IsForThisProcessor, !trained.equal(torch).all().item<bool>());
    }

    private static Tensor Innermost(Tensor x) => x.permute(0, 3, 1, 2);

    private static Tensor Exact(Tensor x) => x.detach().to(float64).requires_grad_();

    private static double Difference(Tensor found, Tensor expected) => ((found.to(float64) - expected).abs().max() / expected.abs().max()).item<double>();

    private sealed class OneConvolution : ImageClassifier
    {
        public OneConvolution()
            : base(TestModels.Descriptor("one", new ImageShape(14, 14, 16), classes: 16, () => new OneConvolution())) =>
            Convolution = Register("conv1", CreateConv2D(channels: 16, filters: 16, kernel: (3, 3), padding: (1, 1)));

        public Conv2d Convolution { get; }

        public Tensor Compute(Tensor x) => conv2d(Convolution, x);

        protected override Tensor Logits(Tensor x) => Compute(x);
    }
}
