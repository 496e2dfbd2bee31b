using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class PoolingTests
{
    [Theory]
    [InlineData("same", 2, 3, 7)]
    [InlineData("same", 1, 2, 5)]
    [InlineData("same", 2, 5, 4)]
    [InlineData("valid", 3, 2, 9)]
    public void A_pool_never_sees_its_padding(string padding, int stride, int pool, int size)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "MaxPooling2D", "pool_size": {{pool}}, "strides": {{stride}}, "padding": "{{padding}}" }""", size);
        // All values negative: a padding of zeros would win.
        var image = rand(1, 3, size, size) - 2;

        var output = Output(size, pool, stride, 1, padding, out var before);
        var expected =
            from channel in Enumerable.Range(0, 3)
            from row in Enumerable.Range(0, output)
            from column in Enumerable.Range(0, output)
            select (
                from y in Enumerable.Range((row * stride) - before, pool)
                from x in Enumerable.Range((column * stride) - before, pool)
                where y >= 0 && y < size && x >= 0 && x < size
                select image[0, channel, y, x].item<float>()).Max();

        Check([.. expected], model, image);
    }

    [Theory]
    [InlineData("same", 2, 3, 7)]
    [InlineData("same", 1, 2, 5)]
    [InlineData("same", 2, 5, 4)]
    [InlineData("same", 1, 3, 6)]
    [InlineData("valid", 3, 2, 9)]
    public void An_average_counts_the_image_only(string padding, int stride, int pool, int size)
    {
        using var scope = NewDisposeScope();
        var model = Load($$"""{ "type": "AveragePooling2D", "pool_size": {{pool}}, "strides": {{stride}}, "padding": "{{padding}}" }""", size);
        var image = rand(1, 3, size, size);

        var output = Output(size, pool, stride, 1, padding, out var before);
        var expected =
            from channel in Enumerable.Range(0, 3)
            from row in Enumerable.Range(0, output)
            from column in Enumerable.Range(0, output)
            select (
                from y in Enumerable.Range((row * stride) - before, pool)
                from x in Enumerable.Range((column * stride) - before, pool)
                where y >= 0 && y < size && x >= 0 && x < size
                select image[0, channel, y, x].item<float>()).Average();

        Check([.. expected], model, image);
    }

    [Fact]
    public void Global_pools_see_each_channel_whole()
    {
        using var scope = NewDisposeScope();
        var image = rand(1, 3, 5, 5);
        var channels = Enumerable.Range(0, 3).Select(channel => image[0, channel].contiguous().data<float>().ToArray()).ToList();

        Check([.. channels.Select(values => values.Average())], Load("""{ "type": "GlobalAveragePooling2D" }""", 5), image);
        Check([.. channels.Select(values => values.Max())], Load("""{ "type": "GlobalMaxPooling2D" }""", 5), image);
    }
}
