using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Training;

/// <summary>
/// The keys of the <c>training</c> section: the one declaration of each setting, its type, range and default, for specs, the command
/// line, files of runs and users of the library. Default values are Keras's.
/// </summary>
internal static class TrainingTable
{
    public const string Optimizer = "optimizer";
    public const string Schedule = "learning_rate_schedule";
    public const string EarlyStopping = "early_stopping";

    public static readonly Key<int> BatchSize = new IntegerKey("batch_size", 1, 65_536, "images per step").Or(32);
    public static readonly Key<int> Epochs = new IntegerKey("epochs", 1, 100_000, "passes over the training images").Or(25);

    public static readonly Key<double> LabelSmoothing = new NumberKey("label_smoothing", NumberRange.Fraction, "the share of each label that is spread over all classes").Or(0);
    public static readonly Key<double> ValidationSplit = new NumberKey("validation_split", NumberRange.Fraction, "the fraction of the training images that is held out, class-balanced, by seed").Or(0);

    public static readonly Key<EquatableArray<double>> ClassWeights = new ClassWeightsKey("class_weights", "what the loss of each class's images is multiplied by; \"balanced\" makes up for different numbers of images");

    public static readonly Key<double> Mixup = new NumberKey("mixup", NumberRange.AboveZero, "alpha of mixup, which trains on mixtures of two images, see below");
    public static readonly Key<double> Cutmix = new NumberKey("cutmix", NumberRange.AboveZero, "alpha of cutmix, which trains on images with a rectangle of another, see below");

    /// <summary>The keys with plain values; the objects stand beside them.</summary>
    public static readonly KeyTable Keys = new(BatchSize, Epochs, LabelSmoothing, ValidationSplit, ClassWeights, Mixup, Cutmix);

    /// <summary>The keys of <c>early_stopping</c>.</summary>
    public static readonly KeyTable EarlyStoppingKeys = new(
        new ChoiceKey("monitor", ["val_loss", "val_accuracy"], "what must improve").Or("val_loss"),
        new IntegerKey("patience", 0, 100_000, "epochs in a row without improvement after which training stops; 0 counts as 1").Required(),
        new NumberKey("min_delta", NumberRange.ZeroOrMore, "the least change that counts as an improvement").Or(0),
        new BooleanKey("restore_best_weights", "ends with the weights of the best epoch").Or(true));

    public static EquatableArray<TypedObject> Optimizers => Training.Optimizers.All;

    public static EquatableArray<TypedObject> Schedules => Training.Schedules.All;

    /// <summary>The object beside the plain keys that has a key of this name; null for none.</summary>
    public static Elsewhere? SectionOf(string name) =>
        In(Optimizer, Optimizers, name)
        ?? (EarlyStoppingKeys.IndexOf(name) >= 0 ? new Elsewhere(EarlyStopping, [], []) : In(Schedule, Schedules, name));

    private static Elsewhere? In(string section, EquatableArray<TypedObject> kinds, string name)
    {
        var has = kinds.ToLookup(kind => kind.Table.IndexOf(name) >= 0, kind => kind.Type);
        return has[true].Any() ? new Elsewhere(section, [.. has[true]], [.. has[false]]) : null;
    }
}
