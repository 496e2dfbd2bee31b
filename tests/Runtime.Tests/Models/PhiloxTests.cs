using FashionCnn.Models;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Models;

/// <summary>The generator against the vectors that its authors publish (Random123, kat_vectors), and what is made of its numbers.</summary>
public sealed class PhiloxTests
{
    [Theory]
    [InlineData(0x0000000000000000UL, 0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(0xffffffffffffffffUL, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x299f31d0a4093822UL, 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void A_block_is_the_published_one(ulong key, uint a, uint b, uint c, uint d, uint first, uint second, uint third, uint fourth) =>
        Assert.Equal((first, second, third, fourth), Philox.Block(key, a, b, c, d));

    [Fact]
    public void Eight_blocks_at_once_are_the_same_blocks()
    {
        var words = new uint[Philox.Lanes * Philox.Words];

        Philox.EightBlocks(0x0123456789abcdef, 0xfffffffc, 2, 3, 4, words);

        for (var lane = 0; lane < Philox.Lanes; lane++)
        {
            Assert.Equal(
                Philox.Block(0x0123456789abcdef, unchecked(0xfffffffc + (uint)lane), 2, 3, 4),
                (words[lane], words[Philox.Lanes + lane], words[(2 * Philox.Lanes) + lane], words[(3 * Philox.Lanes) + lane]));
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.97)]
    public void A_mask_drops_the_share_asked_for_and_scales_what_stays(double rate)
    {
        using var scope = NewDisposeScope();
        const int images = 50;
        const int size = 4_001;
        var mask = new RandomDraws(new RandomPlace(7, 3)).Mask(images, size, rate, float32).data<float>().ToArray();
        var kept = (float)(1 / (1 - rate));

        Assert.All(mask, value => Assert.True(value is 0 || value == kept, $"{value}"));
        // Four standard deviations of a binomial count.
        var count = images * size;
        Assert.Equal(count * rate, mask.Count(value => value == 0), 4 * Math.Sqrt(count * rate * (1 - rate)));
        // Neighbors within an image, and the same place of neighboring images, agree as often as independent ones.
        var agreeing = (rate * rate) + ((1 - rate) * (1 - rate));
        var deviation = 4 * Math.Sqrt(count * agreeing * (1 - agreeing));
        Assert.Equal(count * agreeing, mask.Zip(mask.Skip(1)).Count(pair => pair.First == pair.Second), deviation);
        Assert.Equal((count - size) * agreeing, mask.Zip(mask.Skip(size)).Count(pair => pair.First == pair.Second), deviation);
    }

    [Fact]
    public void A_mask_depends_on_seed_step_draw_and_image_and_on_nothing_else()
    {
        using var scope = NewDisposeScope();
        var threads = get_num_threads();
        const int size = 9_000;
        float[] Mask(ulong seed, long step, long firstImage, long images, int draw = 0, ScalarType type = ScalarType.Float32)
        {
            var draws = new RandomDraws(new RandomPlace(seed, step, firstImage));
            for (var i = 0; i < draw; i++)
            {
                _ = draws.Uniform(3);
            }

            return draws.Mask(images, size, 0.5, type).to(float32).data<float>().ToArray();
        }

        var all = Mask(1, 5, 0, 8);
        // Large enough for several threads.
        set_num_threads(2);
        Assert.Equal(all, Mask(1, 5, 0, 8));
        set_num_threads(threads);
        Assert.Equal(all[(3 * size)..(5 * size)], Mask(1, 5, 3, 2));
        Assert.Equal(all, Mask(1, 5, 0, 8, type: bfloat16));
        Assert.Equal(all, Mask(1, 5, 0, 8, type: float64));
        Assert.NotEqual(all, Mask(2, 5, 0, 8));
        Assert.NotEqual(all, Mask(1, 6, 0, 8));
        Assert.NotEqual(all, Mask(1, 5, 0, 8, draw: 1));
        Assert.NotEqual(all[..size], all[size..(2 * size)]);
    }

    [Fact]
    public void Uniform_numbers_are_even_and_below_1()
    {
        var numbers = new RandomDraws(new RandomPlace(1, 1)).Uniform(20_000);

        Assert.All(numbers, number => Assert.InRange(number, 0, 0.99999994f));
        for (var tenth = 0; tenth < 10; tenth++)
        {
            Assert.Equal(2_000, numbers.Count(number => (int)(number * 10) == tenth), 4 * Math.Sqrt(20_000 * 0.09));
        }
    }
}
