using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Runtime.Tests.Training;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.05)]
    [InlineData(2, 0.1)]
    [InlineData(6, 0.055)]
    [InlineData(10, 0.01)]
    public void Cosine_warms_up_from_zero_and_ends_at_alpha(double epoch, double rate) =>
        Assert.Equal(rate, new CosineDecaySchedule(WarmupEpochs: 2, Alpha: 0.1).At(0.1, epoch, 10), 1e-12);

    [Theory]
    [InlineData(0, false, 0.1)]
    [InlineData(1, false, 0.0707106781186548)]
    [InlineData(3, false, 0.0353553390593274)]
    [InlineData(1.9, true, 0.1)]
    [InlineData(2, true, 0.05)]
    [InlineData(5.9, true, 0.025)]
    public void Exponential_halves_every_two_epochs(double epoch, bool staircase, double rate) =>
        Assert.Equal(rate, new ExponentialDecaySchedule(2, 0.5, staircase).At(0.1, epoch, 10), 1e-12);

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(1.99, 0.1)]
    [InlineData(2, 0.01)]
    [InlineData(5, 0.001)]
    [InlineData(9.9, 0.001)]
    public void Piecewise_holds_a_value_from_its_boundary_on(double epoch, double rate) =>
        Assert.Equal(rate, new PiecewiseConstantDecaySchedule([2, 5], [0.1, 0.01, 0.001]).At(7, epoch, 10));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1.5, 0.5)]
    [InlineData(3, 1)]
    [InlineData(6.5, 0.50005)]
    [InlineData(10, 0.0001)]
    public void One_cycle_rises_then_falls(double epoch, double rate) =>
        Assert.Equal(rate, new OneCycleSchedule(1).At(7, epoch, 10), 1e-12);

    // Worked out by hand from the rule of Keras's callback.
    [Theory]
    [InlineData("the rate falls after the patience, and waits as long again", 2, 0, 0, "1.0 0.9 0.95 0.93 0.92 0.91", "1 1 1 0.5 0.5 0.25")]
    [InlineData("an improvement starts the count anew", 2, 0, 0, "1.0 1.1 0.8 0.9 0.7 0.8", "1 1 1 1 1 1")]
    [InlineData("a change as small as min_delta is none", 1, 0, 0, "1.0 0.9 0.8999 0.8999", "1 1 0.5 0.25")]
    [InlineData("what is too small to count does not become the best", 2, 0, 0, "1.0 0.99995 0.99985", "1 1 1")]
    [InlineData("a patience of 0 counts as 1", 0, 0, 0, "1.0 1.0 1.0", "1 0.5 0.25")]
    [InlineData("epochs of the cooldown do not count", 1, 2, 0, "1.0 1.0 1.0 1.0 1.0 1.0", "1 0.5 0.5 0.25 0.25 0.125")]
    [InlineData("the rate does not fall below min_lr", 1, 0, 0.3, "1.0 1.0 1.0 1.0", "1 0.5 0.3 0.3")]
    public void A_plateau_lowers_the_rate(string what, int patience, int cooldown, double smallest, string losses, string rates)
    {
        var schedule = new ReduceLROnPlateauSchedule(Factor: 0.5, Patience: patience, Cooldown: cooldown, MinLr: smallest);
        var values = losses.Split(' ').Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToList();

        Assert.Equal(1, schedule.After(1, []));
        Assert.Equal((what, rates), (what, string.Join(' ', Enumerable.Range(1, values.Count).Select(count => FormattableString.Invariant($"{schedule.After(1, values.Take(count).Select(loss => (loss, 0.0)))}")))));
        // Of an accuracy, larger is better.
        Assert.Equal(
            schedule.After(1, values.Select(loss => (loss, 0.0))),
            (schedule with { Monitor = "val_accuracy" }).After(1, values.Select(loss => (0.0, -loss))));
    }
}
