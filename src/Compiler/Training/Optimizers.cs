using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Training;

/// <summary>The optimizers, in the order in which the reference page shows them.</summary>
internal static class Optimizers
{
    public static readonly TypedObject Adam = new("Adam", "AdamSettings", "Adam.", new KeyTable(
        Rate(0.001),
        new NumberKey("beta_1", NumberRange.Fraction, "decay of the mean of the gradients").Or(0.9),
        new NumberKey("beta_2", NumberRange.Fraction, "decay of the mean of their squares").Or(0.999),
        Epsilon()));

    private static readonly TypedObject AdamW = new("AdamW", "AdamWSettings", "Adam with decoupled weight decay.", new KeyTable(
        [.. Adam.Table.Keys, new NumberKey("weight_decay", NumberRange.ZeroOrMore, "the fraction, times the learning rate, by which each step shrinks the weights").Or(0.004)]));

    private static readonly TypedObject Sgd = new("SGD", "SgdSettings", "Stochastic gradient descent.", new KeyTable(
        Rate(0.01),
        Momentum(),
        new BooleanKey("nesterov", "looks ahead along the momentum, which must be above 0").Or(false),
        new NumberKey("weight_decay", NumberRange.ZeroOrMore, "added to the gradient, times the weight").Or(0)));

    private static readonly TypedObject RmsProp = new("RMSprop", "RmsPropSettings", "RMSprop.", new KeyTable(
        Rate(0.001),
        new NumberKey("rho", NumberRange.Fraction, "decay of the mean of the squared gradients").Or(0.9),
        Momentum(),
        Epsilon()));

    public static readonly EquatableArray<TypedObject> All = [Adam, AdamW, Sgd, RmsProp];

    private static Key<double> Rate(double value) => new NumberKey("learning_rate", NumberRange.AboveZero, "the step size").Or(value);

    private static Key<double> Momentum() => new NumberKey("momentum", NumberRange.Fraction, "the share of the last update that is carried over").Or(0);

    private static Key<double> Epsilon() => new NumberKey("epsilon", NumberRange.AboveZero, "added to the root of the second moment").Or(1e-7);
}
