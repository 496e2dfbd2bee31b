using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class NumberTextTests
{
    [Theory]
    [InlineData(59, "00:59")]
    [InlineData(3_599, "59:59")]
    [InlineData(3_900, "1:05:00")]
    [InlineData(180_061, "50:01:01")]
    public void A_countdown_has_hours_from_one_hour_on(int seconds, string expected) =>
        Assert.Equal(expected, NumberText.Countdown(TimeSpan.FromSeconds(seconds)));
}
