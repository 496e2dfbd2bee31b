using FashionCnn.Data;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

public sealed class ShuffleTests
{
    [Fact]
    public void An_order_is_a_permutation_and_a_function_of_seed_and_epoch()
    {
        var order = Shuffle.Order(1_000, seed: 7, epoch: 3);

        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => (long)i), order.Order());
        Assert.Equal(order, Shuffle.Order(1_000, seed: 7, epoch: 3));
    }

    [Fact]
    public void No_two_of_neighboring_seeds_and_epochs_are_alike()
    {
        var orders = (from seed in Enumerable.Range(0, 12) from epoch in Enumerable.Range(1, 12) select string.Join(",", Shuffle.Order(50, seed, epoch))).ToList();

        Assert.Equal(orders.Count, orders.Distinct().Count());
    }

    [Fact]
    public void Every_place_is_as_likely()
    {
        var counts = new int[10];
        for (var seed = 0; seed < 10_000; seed++)
        {
            counts[Shuffle.Order(10, seed, 1)[0]]++;
        }

        // Four standard deviations around 1,000.
        Assert.All(counts, count => Assert.InRange(count, 880, 1_120));
    }

    [Theory]
    [InlineData(10, 4, "0+4 4+4 8+2")]
    [InlineData(9, 4, "0+4 4+5")]
    [InlineData(1, 4, "0+1")]
    [InlineData(4, 4, "0+4")]
    [InlineData(3, 1, "0+1 1+1 2+1")]
    public void A_last_batch_of_one_image_is_joined_to_the_one_before(int count, int size, string expected) =>
        Assert.Equal(expected, string.Join(" ", Batches.Split(count, size).Select(batch => $"{batch.Start}+{batch.Size}")));
}
