using FashionCnn.Native;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

public sealed class OneDnnWordsTests
{
    private static readonly CacheSizes Sizes = new(48 << 10, 1 << 20, 32 << 20, "a test");

    [Fact]
    public void The_sizes_and_nothing_else_are_written()
    {
        var words = RecordedProcessors.HiddenWords();
        Assert.True(OneDnnWords.AreOfHiddenCaches(words, RecordedProcessors.HiddenMilan));

        OneDnnWords.Write(words, Sizes);

        var expected = RecordedProcessors.HiddenWords();
        (expected[7], expected[8], expected[9]) = (49152, 1048576, 33554432);
        Assert.Equal(expected, words);
        Assert.Equal(Sizes with { Source = "oneDNN" }, OneDnnWords.Read(words, RecordedProcessors.HiddenMilan));
        Assert.False(OneDnnWords.AreOfHiddenCaches(words, RecordedProcessors.HiddenMilan), "Mended once, never again.");
    }

    // Features (0 to 3) and cores (5, 6) are whatever they are; every other word must be exactly so.
    [Theory]
    [InlineData(4, 2)]
    [InlineData(7, 0)]
    [InlineData(7, 32768)]
    [InlineData(8, 2)]
    [InlineData(9, 33554432)]
    [InlineData(10, 1)]
    [InlineData(16, 1)]
    [InlineData(17, 0)]
    [InlineData(18, 2)]
    [InlineData(19, 0)]
    [InlineData(20, 1)]
    [InlineData(26, 7)]
    [InlineData(27, 2)]
    [InlineData(27, 4)]
    [InlineData(27, 0)]
    [InlineData(29, 2)]
    [InlineData(30, 6)]
    [InlineData(31, 0)]
    [InlineData(32, 1)]
    [InlineData(33, 11)]
    [InlineData(34, 26)]
    [InlineData(35, 0)]
    public void One_unexpected_word_and_it_is_not_this_fault(int index, uint value)
    {
        var words = RecordedProcessors.HiddenWords();
        words[index] = value;

        Assert.False(OneDnnWords.AreOfHiddenCaches(words, RecordedProcessors.HiddenMilan));
    }

    [Fact]
    public void Words_that_are_moved_or_too_few_are_not_this_fault()
    {
        var words = RecordedProcessors.HiddenWords();

        Assert.False(OneDnnWords.AreOfHiddenCaches(words.AsSpan(1), RecordedProcessors.HiddenMilan));
        Assert.False(OneDnnWords.AreOfHiddenCaches((uint[])[.. words[..4], .. words[5..], 0], RecordedProcessors.HiddenMilan));
        Assert.False(OneDnnWords.AreOfHiddenCaches(new uint[OneDnnWords.Count], RecordedProcessors.HiddenMilan));
        Assert.False(OneDnnWords.AreOfHiddenCaches(words, RecordedProcessors.KabyLake));
    }
}
