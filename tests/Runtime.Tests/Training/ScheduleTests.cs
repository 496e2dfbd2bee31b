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
}
