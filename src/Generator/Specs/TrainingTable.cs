
namespace FashionCnn.Generator.Specs;

/// <summary>The keys of the <c>training</c> section. Default values are Keras's.</summary>
internal static class TrainingTable
{
    public static readonly Key<int> BatchSize = Integer("batch_size", 1, 65_536, 32, "images per step");
    public static readonly Key<int> Epochs = Integer("epochs", 1, 100_000, 25, "passes over the training images");

    /// <summary>The keys with plain values; <c>optimizer</c> is an object beside them.</summary>
    public static readonly KeyTable Keys = new(BatchSize, Epochs);

    public const string Optimizer = "optimizer";

    public static readonly TypedObject Adam = new("Adam", "AdamSettings", "Adam.", new KeyTable(
        Number("learning_rate", NumberRange.AboveZero, 0.001, "the step size"),
        Number("beta_1", NumberRange.Fraction, 0.9, "decay of the mean of the gradients"),
        Number("beta_2", NumberRange.Fraction, 0.999, "decay of the mean of their squares"),
        Number("epsilon", NumberRange.AboveZero, 1e-7, "added to the root of the second moment")));

    private static readonly TypedObject AdamW = new("AdamW", "AdamWSettings", "Adam with decoupled weight decay.", new KeyTable(
        [.. Adam.Table.Keys, Number("weight_decay", NumberRange.ZeroOrMore, 0.004, "the fraction, times the learning rate, by which each step shrinks the weights")]));

    private static readonly TypedObject Sgd = new("SGD", "SgdSettings", "Stochastic gradient descent.", new KeyTable(
        Number("learning_rate", NumberRange.AboveZero, 0.01, "the step size"),
        Number("momentum", NumberRange.Fraction, 0, "the share of the last update that is carried on"),
        Boolean("nesterov", false, "looks ahead along the momentum, which must be above 0"),
        Number("weight_decay", NumberRange.ZeroOrMore, 0, "added to the gradient, times the weight")));

    private static readonly TypedObject RmsProp = new("RMSprop", "RmsPropSettings", "RMSprop.", new KeyTable(
        Number("learning_rate", NumberRange.AboveZero, 0.001, "the step size"),
        Number("rho", NumberRange.Fraction, 0.9, "decay of the mean of the squared gradients"),
        Number("momentum", NumberRange.Fraction, 0, "the share of the last update that is carried on"),
        Number("epsilon", NumberRange.AboveZero, 1e-7, "added to the root of the second moment")));

    public static readonly EquatableArray<TypedObject> Optimizers = [Adam, AdamW, Sgd, RmsProp];

    private static Key<int> Integer(string name, int minimum, int maximum, int value, string description) =>
        new IntegerKey(name, minimum, maximum, description).Or(value);

    private static Key<double> Number(string name, NumberRange range, double value, string description) =>
        new NumberKey(name, range, description).Or(value);

    private static Key<bool> Boolean(string name, bool value, string description) =>
        new BooleanKey(name, description).Or(value);
}
