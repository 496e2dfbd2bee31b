using FashionCnn.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Models;

public sealed class BatchNormalizationTests : IDisposable
{
    private readonly int threads = get_num_threads();

    public void Dispose() => set_num_threads(threads);

    // Channels of whole vectors, of none, and of both; one part, several, and a last one that is not full.
    [Theory]
    [InlineData(2, 3, 5, 5, true, true)]
    [InlineData(32, 64, 28, 28, true, true)]
    [InlineData(8, 37, 11, 9, true, true)]
    [InlineData(8, 48, 31, 17, false, true)]
    [InlineData(8, 48, 31, 17, true, false)]
    [InlineData(8, 16, 31, 17, false, false)]
    [InlineData(3, 1, 7, 7, true, true)]
    [InlineData(5, 24, 1, 1, true, true)]
    [InlineData(2, 70_000, 2, 1, true, true)]
    public void ImagesWithChannelsInnermostAreNormalizedAsInDoublePrecision(int images, int channels, int height, int width, bool center, bool scale)
    {
        set_num_threads(2);
        using var scope = NewDisposeScope();
        _ = manual_seed(7);
        foreach (var relu in new[] { false, true })
        {
            using var layer = new BatchNormalization(channels, momentum: 0.9, epsilon: 1e-3, center, scale);
            using var exact = new BatchNormalization(channels, momentum: 0.9, epsilon: 1e-3, center, scale);
            Randomize(layer, exact);
            // Some negative, and of a mean that is not small against the deviation.
            var values = Innermost(randn(images, height, width, channels) + (rand(channels) * 3));
            var gradient = Innermost(randn(images, height, width, channels));

            var (output, input) = Train(layer, values, gradient, relu);
            var (expected, expectedInput) = Train(exact, values.to(float64), gradient.to(float64), relu);

            Assert.InRange(Difference(output, expected), 0, 2e-6);
            Assert.InRange(Difference(input, expectedInput), 0, 2e-6);
            foreach (var (name, parameter) in layer.named_parameters())
            {
                Assert.InRange(Difference(parameter.grad!, exact.get_parameter(name)!.grad!), 0, 2e-6);
            }

            Assert.InRange(Difference(layer.get_buffer("running_mean")!, exact.get_buffer("running_mean")!), 0, 1e-6);
            Assert.InRange(Difference(layer.get_buffer("running_var")!, exact.get_buffer("running_var")!), 0, 1e-6);

            using var guard = no_grad();
            var evaluated = relu ? layer.NormalizeRelu(values, training: false, overwrite: false) : layer.Normalize(values, training: false);
            Assert.InRange(Difference(evaluated, exact.Normalize(relu ? values.to(float64).relu() : values.to(float64), training: false)), 0, 2e-6);
        }
    }

    // The gradient of a sum is one value in memory for all; and a graph that is kept can be gone through again.
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void AnyGradientIsTakenAndMoreThanOnce(int channels)
    {
        using var scope = NewDisposeScope();
        _ = manual_seed(7);
        using var layer = new BatchNormalization(channels, momentum: 0.9, epsilon: 1e-3, center: true, scale: true);
        using var exact = new BatchNormalization(channels, momentum: 0.9, epsilon: 1e-3, center: true, scale: true);
        _ = exact.to(float64);
        var weights = rand(channels, 5, 4);
        var x = Innermost(rand(3, 5, 4, channels)).detach().requires_grad_();
        var wide = x.to(float64).detach().requires_grad_();

        var y = layer.Normalize(x, training: true);
        y.sum().backward(retain_graph: true);
        (y.sum([0]) * weights).sum().backward();
        var expected = exact.Normalize(wide, training: true);
        (expected.sum() + (expected.sum([0]) * weights).sum()).backward();

        Assert.InRange(Difference(x.grad!, wide.grad!), 0, 1e-5);
        Assert.InRange(Difference(layer.get_parameter("bias")!.grad!, exact.get_parameter("bias")!.grad!), 0, 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheNumberOfThreadsChangesNoBit(bool relu)
    {
        using var scope = NewDisposeScope();
        _ = manual_seed(7);
        var values = Innermost(randn(16, 28, 28, 40));
        var gradient = Innermost(randn(16, 28, 28, 40));
        var bytes = Enumerable.Range(1, 3).Select(count =>
        {
            set_num_threads(count);
            using var layer = new BatchNormalization(40, momentum: 0.9, epsilon: 1e-3, center: true, scale: true);
            var (output, input) = Train(layer, values, gradient, relu);
            return (Tensor[])[output, input, layer.get_parameter("weight")!.grad!, layer.get_parameter("bias")!.grad!, layer.get_buffer("running_mean")!.clone(), layer.get_buffer("running_var")!.clone()];
        }).ToList();

        Assert.All(bytes.Skip(1), other => Assert.All(bytes[0].Zip(other), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>())));
    }

    // Of values around 1,000 with deviations of 0.1, naive squares would lose all.
    [Fact]
    public void AVarianceThatIsSmallAgainstTheMeanIsRight()
    {
        using var scope = NewDisposeScope();
        _ = manual_seed(7);
        using var layer = new BatchNormalization(16, momentum: 0, epsilon: 1e-6, center: true, scale: true);
        var values = Innermost((randn(8, 20, 20, 16) * 0.1) + 1000);

        _ = layer.Normalize(values, training: true);

        Assert.InRange(Difference(layer.get_buffer("running_var")!, values.to(float64).permute(0, 2, 3, 1).reshape(-1, 16).var(dim: 0, unbiased: false)), 0, 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsNotANumberStaysOne(bool relu)
    {
        using var scope = NewDisposeScope();
        using var layer = new BatchNormalization(16, momentum: 0.9, epsilon: 1e-3, center: true, scale: true);
        var values = ones(2, 3, 3, 16);
        values[0, 0, 0, 5] = float.NaN;
        var (output, _) = Train(layer, Innermost(values), ones(2, 16, 3, 3), relu);

        Assert.True(output[1, 5].isnan().all().item<bool>());
        Assert.True(output[1, 4].isfinite().all().item<bool>());
        using var guard = no_grad();
        Assert.True(layer.NormalizeRelu(Innermost(values), training: false, overwrite: true)[0, 5, 0, 0].isnan().item<bool>());
    }

    private static Tensor Innermost(Tensor pixels) => pixels.permute(0, 3, 1, 2);

    private static (Tensor Output, Tensor Input) Train(BatchNormalization layer, Tensor values, Tensor gradient, bool relu)
    {
        _ = layer.to(values.dtype);
        var x = values.detach().requires_grad_();
        Assert.Equal(values.dtype == float32, ChannelMemory.Takes(x));
        var y = relu ? layer.NormalizeRelu(x, training: true, overwrite: false) : layer.Normalize(x, training: true);
        y.backward([gradient]);
        return (y, x.grad!);
    }

    private static void Randomize(BatchNormalization layer, BatchNormalization exact)
    {
        using var guard = no_grad();
        var targets = exact.state_dict();
        foreach (var (name, value) in layer.state_dict())
        {
            _ = targets[name].copy_(value.uniform_(0.5, 1.5));
        }
    }

    private static double Difference(Tensor actual, Tensor expected) =>
        ((actual.to(float64) - expected).abs().max() / expected.abs().max().clamp_min(1e-9)).item<double>();
}
