using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

public sealed class BatchMixingTests
{
    private static readonly TrainingSettings Mixup = new() { Mixup = 1 };
    private static readonly TrainingSettings Cutmix = new() { Cutmix = 1 };

    [Fact]
    public void Mixup_mixes_every_image_with_another_one_and_its_label_alike()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Batch();

        for (var step = 0; step < 20; step++)
        {
            var mixed = BatchMixing.Mix(images, labels, Mixup, new RandomPlace(1, step));

            // The labels of these images are their places in the batch.
            var expected = (images * mixed.Share) + (images.index_select(0, mixed.Others!) * (1 - mixed.Share));
            Assert.True(expected.allclose(mixed.Images, 1e-5, 1e-6));
            Assert.Equal(Enumerable.Range(0, 6).Select(i => (long)i), mixed.Others!.data<long>().ToArray().Order());
            Assert.Equal(mixed.Share >= 0.5 ? labels.data<long>().ToArray() : mixed.Others!.data<long>().ToArray(), mixed.LargerShares.data<long>().ToArray());
        }
    }

    [Fact]
    public void Cutmix_puts_a_rectangle_of_another_image_in_and_its_pixels_are_its_share()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Batch();
        var shares = new List<double>();

        for (var step = 0; step < 200; step++)
        {
            var mixed = BatchMixing.Mix(images, labels, Cutmix, new RandomPlace(1, step));

            var others = images.index_select(0, mixed.Others!);
            // An image that stays itself shows nothing of the rectangle.
            if (Enumerable.Range(0, 6).FirstOrDefault(i => mixed.Others![i].item<long>() != i, -1) is var seen and >= 0)
            {
                var taken = mixed.Images[seen, 0].ne(images[seen, 0]);
                var (rows, columns) = (taken.any(1).sum().item<long>(), taken.any(0).sum().item<long>());
                Assert.Equal(rows * columns, taken.sum().item<long>());
                Assert.Equal(1 - (rows * columns / 80.0), mixed.Share, 1e-12);
                Assert.True(where(taken, others[seen], images[seen]).eq(mixed.Images[seen]).all().item<bool>());
                shares.Add(mixed.Share);
            }
        }

        // Of alpha 1, every share is as likely as any other.
        Assert.InRange(shares.Average(), 0.42, 0.58);
        Assert.InRange(shares.Count(share => share < 0.25) / (double)shares.Count, 0.13, 0.37);
    }

    [Fact]
    public void A_mixed_loss_is_the_cross_entropy_with_the_shared_label()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Batch();
        var mixed = BatchMixing.Mix(images, labels, Mixup, new RandomPlace(4, 2));
        var logits = randn(6, 6);

        var loss = mixed.Loss(classes => nn.functional.cross_entropy(logits, classes, label_smoothing: 0.1)).item<float>();

        var expected = Enumerable.Range(0, 6).Average(image =>
        {
            var values = logits[image].data<float>().ToArray();
            var sum = values.Sum(value => Math.Exp(value));
            var other = mixed.Others![image].item<long>();
            return Enumerable.Range(0, 6).Sum(label =>
                ((0.9 * ((label == image ? mixed.Share : 0) + (label == other ? 1 - mixed.Share : 0))) + (0.1 / 6)) * -Math.Log(Math.Exp(values[label]) / sum));
        });
        Assert.Equal(expected, loss, 1e-5);
    }

    [Fact]
    public void What_is_drawn_follows_from_the_place_alone_and_both_kinds_take_turns()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = Batch();
        var both = new TrainingSettings { Mixup = 0.2, Cutmix = 1 };

        // Where a rectangle is put in, some values stay exactly what they were.
        var kinds = Enumerable.Range(0, 200).Select(step => BatchMixing.Mix(images, labels, both, new RandomPlace(9, step))).Where(mixed => mixed.Share is > 0.02 and < 0.98)
            .Select(mixed => mixed.Images.eq(images).any().item<bool>() && mixed.Images.ne(images).any().item<bool>() && Math.Abs((mixed.Share * 80) - Math.Round(mixed.Share * 80)) < 1e-9).ToList();
        Assert.InRange(kinds.Count(isCutmix => isCutmix) / (double)kinds.Count, 0.35, 0.75);

        var (first, again) = (BatchMixing.Mix(images, labels, both, new RandomPlace(9, 3)), BatchMixing.Mix(images, labels, both, new RandomPlace(9, 3)));
        Assert.Equal(first.Share, again.Share);
        Assert.True(first.Images.eq(again.Images).all().item<bool>());
        Assert.NotEqual(first.Share, BatchMixing.Mix(images, labels, both, new RandomPlace(9, 4)).Share);
        Assert.NotEqual(first.Share, BatchMixing.Mix(images, labels, both, new RandomPlace(8, 3)).Share);
        Assert.Null(BatchMixing.Mix(images, labels, new TrainingSettings(), new RandomPlace(9, 3)).Others);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(4)]
    public void Shares_have_the_moments_of_the_beta_distribution(double alpha)
    {
        var shares = Enumerable.Range(0, 20_000).Select(step => new RandomStream(new RandomPlace(5, step), 7).Beta(alpha)).ToList();

        // Mean 1/2, variance 1 / (4 (2 alpha + 1)), fourth moment around the mean 3 / (16 (2 alpha + 1) (2 alpha + 3)).
        Assert.Equal(0.5, shares.Average(), 0.015);
        Assert.Equal(1 / (4 * ((2 * alpha) + 1)), shares.Average(share => Math.Pow(share - 0.5, 2)), 0.005);
        Assert.Equal(3 / (16 * ((2 * alpha) + 1) * ((2 * alpha) + 3)), shares.Average(share => Math.Pow(share - 0.5, 4)), 0.002);
    }

    private static (Tensor Images, Tensor Labels) Batch() => (rand(6, 2, 10, 8), arange(6));
}
