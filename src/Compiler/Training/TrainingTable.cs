
namespace FashionCnn.Generator.Specs;

/// <summary>The keys of the <c>training</c> section. Default values are Keras's.</summary>
internal static class TrainingTable
{
    public static readonly Key<int> BatchSize = Integer("batch_size", 1, 65_536, 32, "images per step");
    public static readonly Key<int> Epochs = Integer("epochs", 1, 100_000, 25, "passes over the training images");

    public static readonly Key<double> LabelSmoothing = Number("label_smoothing", NumberRange.Fraction, 0, "the share of each label that is spread over all classes");
    public static readonly Key<double> ValidationSplit = Number("validation_split", NumberRange.Fraction, 0, "the fraction of the training images that is held out, class-balanced, by seed");

    /// <summary>The keys with plain values; <c>optimizer</c> is an object beside them.</summary>
    public static readonly KeyTable Keys = new(BatchSize, Epochs, LabelSmoothing, ValidationSplit);

    public const string Optimizer = "optimizer";
    public const string Schedule = "learning_rate_schedule";
    public const string EarlyStopping = "early_stopping";

    /// <summary>The keys of <c>early_stopping</c>.</summary>
    public static readonly KeyTable EarlyStoppingKeys = new(
        new ChoiceKey("monitor", ["val_loss", "val_accuracy"], "what must improve").Or("val_loss"),
        new IntegerKey("patience", 0, 100_000, "epochs in a row without improvement after which training stops; 0 is as 1").Required(),
        Number("min_delta", NumberRange.ZeroOrMore, 0, "the least change that counts as an improvement"),
        Boolean("restore_best_weights", true, "ends with the weights of the best epoch"));

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

    private static readonly TypedObject PiecewiseConstantDecay = new("PiecewiseConstantDecay", "PiecewiseConstantDecaySchedule", "A constant rate between boundaries; it takes the place of the optimizer's.", new KeyTable(
        new NumberListKey("boundaries", NumberRange.AboveZero, "epochs at which the next value begins, ascending").Required(),
        new NumberListKey("values", NumberRange.AboveZero, "learning rates, one more than boundaries").Required()));

    private static readonly TypedObject OneCycle = new("OneCycle", "OneCycleSchedule", "Up to a maximum, then down to nearly nothing; it takes the place of the optimizer's rate.", new KeyTable(
        new NumberKey("max_learning_rate", NumberRange.AboveZero, "the highest rate").Required(),
        Number("warmup_fraction", NumberRange.Fraction, 0.3, "the fraction of training in which the rate rises linearly from 0"),
        Number("final_divisor", NumberRange.AboveZero, 10_000, "by how much the last rate is below the highest")));

    public static readonly EquatableArray<TypedObject> Schedules =
    [
        new("CosineDecay", "CosineDecaySchedule", "Half a cosine from the optimizer's rate down to alpha times that.", new KeyTable(
            Number("warmup_epochs", NumberRange.ZeroOrMore, 0, "epochs in which the rate first rises linearly from 0"),
            Number("alpha", NumberRange.UpToOne, 0, "what is left of the rate at the end"))),
        new("ExponentialDecay", "ExponentialDecaySchedule", "The optimizer's rate, multiplied by a factor at equal intervals.", new KeyTable(
            new NumberKey("decay_epochs", NumberRange.AboveZero, "the interval").Required(),
            new NumberKey("decay_rate", NumberRange.AboveZero, "the factor").Required(),
            Boolean("staircase", false, "multiplies at the end of each interval, not little by little"))),
        PiecewiseConstantDecay,
        OneCycle,
    ];

    /// <summary>The object beside the plain keys that has a key of this name; null for none.</summary>
    public static string? SectionOf(string name) =>
        Optimizers.Any(kind => kind.Table.IndexOf(name) >= 0) ? Optimizer
        : Schedules.Any(kind => kind.Table.IndexOf(name) >= 0) ? Schedule
        : EarlyStoppingKeys.IndexOf(name) >= 0 ? EarlyStopping
        : null;

    /// <summary>The schedule gives the rates itself.</summary>
    public static bool ReplacesRate(TypedObject schedule) => schedule == PiecewiseConstantDecay || schedule == OneCycle;

    private static Key<int> Integer(string name, int minimum, int maximum, int value, string description) =>
        new IntegerKey(name, minimum, maximum, description).Or(value);

    private static Key<double> Number(string name, NumberRange range, double value, string description) =>
        new NumberKey(name, range, description).Or(value);

    private static Key<bool> Boolean(string name, bool value, string description) =>
        new BooleanKey(name, description).Or(value);
}
