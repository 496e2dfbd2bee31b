using FashionCnn.Native;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

public sealed class CacheSizesTests
{
    [Fact]
    public void Leaf_4_of_Intel() => Assert.Equal(new(32 << 10, 256 << 10, 8 << 20, "leaf 4"), CacheSizes.Of(RecordedProcessors.KabyLake));

    [Fact]
    public void The_new_leaf_of_AMD() => Assert.Equal(new(32 << 10, 512 << 10, 32 << 20, "leaf 0x8000001D"), CacheSizes.Of(RecordedProcessors.Milan));

    // Of the third level's 256 MiB, a core sees those of its own complex.
    [Fact]
    public void The_old_leaves_of_AMD() =>
        Assert.Equal(new(32 << 10, 512 << 10, 32 << 20, "leaves 0x80000005 and 0x80000006"), CacheSizes.Of(RecordedProcessors.HiddenMilan));

    [Fact]
    public void A_processor_that_says_nothing_has_no_sizes() => Assert.Null(CacheSizes.Of(RecordedProcessors.SilentMilan));

    [Fact]
    public void Where_the_new_leaf_lacks_a_level_the_old_ones_are_asked() =>
        Assert.Equal("leaves 0x80000005 and 0x80000006", CacheSizes.Of(RecordedProcessors.HalfHiddenMilan)?.Source);

    [Fact]
    public void OneDNN_takes_hidden_caches_for_one_byte_each()
    {
        Assert.Equal(new(32 << 10, 512 << 10, 32 << 20, "oneDNN"), CacheSizes.AsOneDnnReads(RecordedProcessors.Milan));
        Assert.Equal(new(1, 1, 1, "oneDNN"), CacheSizes.AsOneDnnReads(RecordedProcessors.HiddenMilan));
        Assert.Equal(new(32 << 10, 512 << 10, 1, "oneDNN"), CacheSizes.AsOneDnnReads(RecordedProcessors.HalfHiddenMilan));
        Assert.Null(CacheSizes.AsOneDnnReads(RecordedProcessors.KabyLake));
    }

    [Theory]
    [InlineData(49152, 1048576, 33554432, "48 KiB, 1 MiB, 32 MiB")]
    [InlineData(1, 0, 1572864, "1 byte, 0 bytes, 1.5 MiB")]
    public void Sizes_are_written_for_people(long first, long second, long third, string text) => Assert.Equal(text, new CacheSizes(first, second, third, "").ToString());

    [Fact]
    public void A_signature_tells_processors_apart_by_what_they_are_and_show()
    {
        var milan = ProcessorIdentity.Of(RecordedProcessors.Milan);
        var hidden = ProcessorIdentity.Of(RecordedProcessors.HiddenMilan);

        Assert.Equal(("AuthenticAMD", 25, 1, 1), (milan.Vendor, milan.Family, milan.Model, milan.Stepping));
        Assert.Equal(("GenuineIntel", 6, 158, 9), ProcessorIdentity.Of(RecordedProcessors.KabyLake) is var lake ? (lake.Vendor, lake.Family, lake.Model, lake.Stepping) : default);
        Assert.Matches("^AuthenticAMD-25-1-1-[0-9a-f]{12}$", milan.Signature);
        Assert.Equal(milan.Signature, ProcessorIdentity.Of(RecordedProcessors.Milan).Signature);
        Assert.NotEqual(milan.Signature, hidden.Signature);
    }
}
