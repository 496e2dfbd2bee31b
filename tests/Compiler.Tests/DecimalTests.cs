using System.Globalization;
using FashionCnn.Compiler.Syntax;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>Numbers keep all their digits from the spec to the class and to the fingerprints.</summary>
public sealed class DecimalTests
{
    [Theory]
    [InlineData(0.1234567890123456, "0.1234567890123456")]
    [InlineData(0.3333333333333333, "0.3333333333333333")]
    [InlineData(0.0003333333333333333, "0.0003333333333333333")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(2.2250738585072014e-308, "2.2250738585072014e-308")]
    [InlineData(2.225073858507201e-308, "2.225073858507201e-308")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e308")]
    [InlineData(-1.7976931348623157e308, "-1.7976931348623157e308")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "0.00001")]
    [InlineData(100, "100")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(123456789012345, "123456789012345")]
    [InlineData(1e15, "1e15")]
    [InlineData(9007199254740993, "9.007199254740992e15")]
    [InlineData(1e23, "1e23")]
    [InlineData(0, "0")]
    [InlineData(-0.0, "0")]
    public void A_number_is_written_with_the_fewest_digits_that_give_it_back(double value, string text)
    {
        Assert.Equal(text, Text.Number(value));
        Assert.Equal(value, Decimals.Read(text));
    }

    // .NET itself, since version 3, writes the shortest text and reads the nearest number.
    [Fact]
    public void Numbers_are_written_and_read_as_NET_itself_does_it()
    {
        var random = new Random(1);
        var bytes = new byte[8];
        for (var i = 0; i < 5_000; i++)
        {
            random.NextBytes(bytes);
            // Any bit pattern; any number below 1; powers of two, where a step is shorter on one side; what few digits give.
            foreach (var value in new[] { BitConverter.ToDouble(bytes), random.NextDouble(), Math.ScaleB(1, random.Next(-1074, 1024)), random.Next(1_000_000) / 1000.0 })
            {
                if (!double.IsFinite(value))
                {
                    continue;
                }

                var text = Text.Number(value);
                var standard = value.ToString("R", CultureInfo.InvariantCulture);
                Assert.True(value.Equals(double.Parse(text, CultureInfo.InvariantCulture)), $"{text} is not {standard}.");
                // Of a power of two .NET writes a text that gives the number below it, when that is shorter.
                if (value.Equals(double.Parse(standard, CultureInfo.InvariantCulture)))
                {
                    Assert.True(Digits(text).Length <= Digits(standard).Length, $"{text} is longer than {standard}.");
                }

                Assert.Equal(value, Decimals.Read(text));
                Assert.Equal(double.Parse(standard, CultureInfo.InvariantCulture), Decimals.Read(standard));
            }
        }
    }

    // Texts with more digits than a number has, many of them near the middle between two numbers.
    [Fact]
    public void A_long_text_gives_the_nearest_number()
    {
        var random = new Random(2);
        for (var i = 0; i < 5_000; i++)
        {
            var value = random.NextDouble() * Math.Pow(10, random.Next(-10, 10));
            var middle = ((decimal)value + (decimal)Math.BitIncrement(value)) / 2;
            var text = i % 2 == 0 ? middle.ToString(CultureInfo.InvariantCulture) : $"{middle.ToString(CultureInfo.InvariantCulture)}{random.NextInt64()}e{random.Next(-20, 20)}";
            if (!text.Contains('.', StringComparison.Ordinal))
            {
                continue;
            }

            Assert.Equal(double.Parse(text, CultureInfo.InvariantCulture), Decimals.Read(text));
        }
    }

    [Theory]
    [InlineData("1e999", double.PositiveInfinity)]
    [InlineData("-1e999", double.NegativeInfinity)]
    [InlineData("1.7976931348623159e308", double.PositiveInfinity)]
    [InlineData("1.7976931348623158e308", double.MaxValue)]
    [InlineData("1e-999", 0)]
    [InlineData("0e99999999999999", 0)]
    [InlineData("1e99999999999999", double.PositiveInfinity)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("9007199254740993.0000000000000000000000000001", 9007199254740994)]
    public void What_a_number_cannot_hold_becomes_the_nearest(string text, double value) => Assert.Equal(value, Decimals.Read(text));

    [Fact]
    public void Specs_that_differ_in_the_last_digit_of_a_number_have_unlike_fingerprints()
    {
        var one = Fingerprints("0.1234567890123456");
        var other = Fingerprints("0.1234567890123459");

        Assert.NotEqual(one.Architecture, other.Architecture);
        Assert.NotEqual(one.Training, other.Training);
        Assert.Equal(one, Fingerprints("1.234567890123456e-1"));
        Assert.Equal(one, Fingerprints("0.123456789012345600"));
    }

    private static (string Architecture, string Training) Fingerprints(string number)
    {
        var spec = SpecCompiler.Compile("net.json", $$"""
            { "version": 1, "input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Dropout", "rate": {{number}} }, { "type": "Flatten" }, { "type": "Dense", "units": 2 }],
              "training": { "optimizer": { "type": "SGD", "learning_rate": {{number}} } } }
            """);
        return (Infer.Fingerprint.OfArchitecture(spec.Plan!.Network!), Infer.Fingerprint.OfTraining(spec.Plan.Network!));
    }

    private static string Digits(string text) => text.Split('e', 'E')[0].Replace(".", string.Empty, StringComparison.Ordinal).TrimStart('-').Trim('0');
}
