using FashionCnn.Models;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class SettingsTextTests
{
    [Fact]
    public void Every_value_of_every_optimizer_can_be_given()
    {
        Assert.Equal(new AdamSettings(0.002, 0.95, 0.995, 1e-6), Optimizer("Adam,learning_rate=0.002,beta_1=0.95,beta_2=0.995,epsilon=1e-6"));
        Assert.Equal(new AdamWSettings(0.002, 0.6, 0.7, 1e-6, 0.01), Optimizer("AdamW,learning_rate=0.002,beta_1=0.6,beta_2=0.7,epsilon=1e-6,weight_decay=0.01"));
        Assert.Equal(new SgdSettings(0.1, 0.9, Nesterov: true, 0.0005), Optimizer("SGD,learning_rate=0.1,momentum=0.9,nesterov=true,weight_decay=0.0005"));
        Assert.Equal(new RmsPropSettings(0.002, 0.8, 0.9, 1e-6), Optimizer("rmsprop,learning_rate=0.002,rho=0.8,momentum=0.9,epsilon=1e-6"));
        Assert.Equal(new AdamSettings(), Optimizer("Adam"));
        Assert.Equal(new SgdSettings(Momentum: 0.9) { Clipnorm = 1 }, Optimizer("SGD,momentum=0.9,clipnorm=1"));
        Assert.Equal(new AdamSettings { Clipvalue = 0.5, UseEma = true, EmaMomentum = 0.9 }, Optimizer("Adam,clipvalue=0.5,use_ema=true,ema_momentum=0.9"));
        Assert.Equal(new RmsPropSettings(WeightDecay: 0.1) { GlobalClipnorm = 2.5 }, Optimizer("RMSprop,global_clipnorm=2.5,weight_decay=0.1"));
    }

    [Fact]
    public void Every_value_of_every_schedule_can_be_given()
    {
        Assert.Equal(new CosineDecaySchedule(1.5, 0.75), Schedule("CosineDecay,warmup_epochs=1.5,alpha=0.75"));
        Assert.Equal(new ExponentialDecaySchedule(2.5, 0.75, Staircase: true), Schedule("ExponentialDecay,decay_epochs=2.5,decay_rate=0.75,staircase=true"));
        Assert.Equal(new OneCycleSchedule(0.01, 0.75, 100), Schedule("OneCycle,max_learning_rate=0.01,warmup_fraction=0.75,final_divisor=100"));
        var piecewise = Assert.IsType<PiecewiseConstantDecaySchedule>(Schedule("PiecewiseConstantDecay,boundaries=10;20.5,values=0.01;0.001;0.0001"));
        Assert.Equal([10, 20.5], piecewise.Boundaries);
        Assert.Equal([0.01, 0.001, 0.0001], piecewise.Values);
    }

    [Fact]
    public void Every_value_of_early_stopping_can_be_given() => Assert.Equal(
        new EarlyStoppingSettings(3, "val_accuracy", 0.001, RestoreBestWeights: false),
        SettingsText.Plain<EarlyStoppingSettings>("--early-stopping", "patience=3,monitor=val_accuracy,min_delta=0.001,restore_best_weights=false"));

    [Theory]
    [InlineData("SGD,momentum=much", "--optimizer SGD,momentum=much: momentum takes a number.")]
    [InlineData("SGD,nesterov=yes", "--optimizer SGD,nesterov=yes: nesterov takes true or false.")]
    [InlineData("SGD,momentun=0.9", "--optimizer SGD,momentun=0.9: there is no 'momentun'; did you mean 'momentum'? Values: learning_rate, momentum, nesterov, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum.")]
    [InlineData("Adam,clipnorm=yes", "--optimizer Adam,clipnorm=yes: clipnorm takes a number.")]
    [InlineData("Adam,name=SGD", "--optimizer Adam,name=SGD: there is no 'name'. Values: learning_rate")]
    [InlineData("Adamm", "--optimizer Adamm: there is no 'Adamm'; did you mean 'Adam'? ")]
    public void What_cannot_be_read_is_named(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<InputException>(() => Optimizer(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("none", "--schedule none: there is no 'none'. Give constant, or one of CosineDecay, ")]
    [InlineData("constnat", "--schedule constnat: there is no 'constnat'; did you mean 'constant'? Give constant, or one of ")]
    public void What_else_an_option_takes_is_named(string text, string message) => Assert.StartsWith(
        message, Assert.Throws<InputException>(() => SettingsText.Typed<LearningRateSchedule>("--schedule", text, "constant")).Message, StringComparison.Ordinal);

    private static OptimizerSettings Optimizer(string text) => SettingsText.Typed<OptimizerSettings>("--optimizer", text);

    private static LearningRateSchedule Schedule(string text) => SettingsText.Typed<LearningRateSchedule>("--schedule", text);
}
