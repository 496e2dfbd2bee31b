using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Training;

/// <summary>The optimizers, in the order in which the reference page shows them. Keys, their order and defaults are Keras's.</summary>
internal static class Optimizers
{
    public static readonly Key<bool> UseEma = new BooleanKey("use_ema", "averages the weights over the steps and ends with the averages").Or(false);
    public static readonly Key<double> EmaMomentum = new NumberKey("ema_momentum", NumberRange.UpToOne, "the share of the average that stays at each step").Or(0.99);

    /// <summary>The ways to limit gradients, of which an optimizer has at most one.</summary>
    public static readonly EquatableArray<Key> Clipping =
    [
        new NumberKey("clipnorm", NumberRange.AboveZero, "the largest norm of each tensor's gradient"),
        new NumberKey("clipvalue", NumberRange.AboveZero, "the largest absolute value in a gradient"),
        new NumberKey("global_clipnorm", NumberRange.AboveZero, "the largest norm of all gradients together"),
    ];

    /// <summary>What all optimizers do alike. In the runtime's records these are properties of the base record.</summary>
    public static readonly EquatableArray<Key> Shared = [.. Clipping, UseEma, EmaMomentum];

    public static readonly TypedObject Adam = new("Adam", "AdamSettings", "Adam.", new KeyTable(
        [.. Moments(), WeightDecay(0), .. Shared]));

    private static readonly TypedObject AdamW = new("AdamW", "AdamWSettings", "Adam with weight decay.", new KeyTable(
        [.. Moments(), WeightDecay(0.004), .. Shared]));

    private static readonly TypedObject Sgd = new("SGD", "SgdSettings", "Stochastic gradient descent.", new KeyTable(
        [
            Rate(0.01),
            Momentum(),
            new BooleanKey("nesterov", "looks ahead along the momentum, which must be above 0").Or(false),
            WeightDecay(0),
            .. Shared,
        ]));

    private static readonly TypedObject RmsProp = new("RMSprop", "RmsPropSettings", "RMSprop.", new KeyTable(
        [
            Rate(0.001),
            new NumberKey("rho", NumberRange.Fraction, "decay of the mean of the squared gradients").Or(0.9),
            Momentum(),
            Epsilon("added to the mean of the squared gradients, under the root"),
            WeightDecay(0),
            .. Shared,
        ]));

    public static readonly EquatableArray<TypedObject> All = [Adam, AdamW, Sgd, RmsProp];

    private static Key[] Moments() =>
    [
        Rate(0.001),
        new NumberKey("beta_1", NumberRange.Fraction, "decay of the mean of the gradients").Or(0.9),
        new NumberKey("beta_2", NumberRange.Fraction, "decay of the mean of their squares").Or(0.999),
        Epsilon("added to the root of the second moment, before its bias is corrected"),
    ];

    private static Key<double> Rate(double value) => new NumberKey("learning_rate", NumberRange.AboveZero, "the step size").Or(value);

    private static Key<double> Momentum() => new NumberKey("momentum", NumberRange.Fraction, "the share of the last update that is carried over").Or(0);

    private static Key<double> Epsilon(string description) => new NumberKey("epsilon", NumberRange.AboveZero, description).Or(1e-7);

    private static Key<double> WeightDecay(double value) =>
        new NumberKey("weight_decay", NumberRange.ZeroOrMore, "the fraction, times the learning rate, by which each step shrinks the weights before their update").Or(value);
}
