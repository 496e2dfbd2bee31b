using FashionCnn.Evaluation;
using Xunit;

namespace FashionCnn.Runtime.Tests.Evaluation;

public sealed class PairedTestTests
{
    [Theory]
    // Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91 (2013), both of their examples.
    [InlineData(1, 7, 0.0703)]
    [InlineData(6, 16, 0.0525)]
    // Fay, Exact McNemar's test and matching confidence intervals (the R package exact2x2).
    [InlineData(2, 9, 0.06543)]
    [InlineData(5, 5, 1)]
    [InlineData(0, 0, 1)]
    public void The_p_value_is_the_published_one(int onlyFirst, int onlySecond, double expected)
    {
        Assert.Equal(expected, new PairedTest(onlyFirst, onlySecond).PValue, 5e-5);
        Assert.Equal(expected, new PairedTest(onlySecond, onlyFirst).PValue, 5e-5);
    }

    [Fact]
    public void It_is_exact_where_the_probability_of_each_outcome_is_too_small_for_a_double()
    {
        // 2^-1999: half of it is below the smallest number. A normal distribution with half a unit's correction comes close here.
        var (first, second) = (950, 1050);
        var z = (second - first - 1) / Math.Sqrt(first + second);

        Assert.Equal(2 * UpperTail(z), new PairedTest(first, second).PValue, 2e-4);
        Assert.InRange(new PairedTest(0, 2000).PValue, 0, double.Epsilon);
    }

    [Fact]
    public void Images_that_one_model_alone_has_right_are_counted()
    {
        var first = Of([0, 1, 2, 0, 1], [0, 1, 2, 1, 1]);
        var second = Of([0, 1, 2, 0, 1], [0, 2, 0, 0, 1]);

        Assert.Equal(new PairedTest(OnlyFirst: 2, OnlySecond: 1), PairedTest.Of(first, second));
        Assert.Throws<ArgumentException>(() => PairedTest.Of(first, Of([1, 1, 2, 0, 1], [0, 1, 2, 1, 1])));
    }

    [Fact]
    public void Holm_multiplies_the_smallest_by_their_number_and_never_lets_a_larger_one_overtake()
    {
        // R: p.adjust(c(0.04, 0.01, 0.03, 0.9), "holm")
        Assert.Equal([0.09, 0.04, 0.09, 0.9], PairedTest.Holm([0.04, 0.01, 0.03, 0.9]).Select(value => Math.Round(value, 12)));
        Assert.Equal([1.0, 1.0], PairedTest.Holm([0.6, 0.7]));
        Assert.Empty(PairedTest.Holm([]));
    }

    private static Predictions Of(int[] labels, int[] predicted) => new(labels, predicted, new float[labels.Length], new float[labels.Length]);

    // The normal distribution's upper tail by Simpson's rule: independent of the code under test.
    private static double UpperTail(double z)
    {
        const int Steps = 20_000;
        var width = 10.0 / Steps;
        var sum = 0.0;
        for (var i = 0; i <= Steps; i++)
        {
            var x = z + (i * width);
            sum += Math.Exp(-x * x / 2) * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
        }

        return sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }
}
