using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Training;

/// <summary>The learning rate's schedules, in the order in which the reference page shows them.</summary>
internal static class Schedules
{
    public static readonly EquatableArray<TypedObject> All =
    [
        new("CosineDecay", "CosineDecaySchedule", "Half a cosine from the optimizer's rate down to alpha times that.", new KeyTable(
            new NumberKey("warmup_epochs", NumberRange.ZeroOrMore, "epochs in which the rate first rises linearly from 0").Or(0),
            new NumberKey("alpha", NumberRange.UpToOne, "what is left of the rate at the end").Or(0))),
        new("ExponentialDecay", "ExponentialDecaySchedule", "The optimizer's rate, multiplied by a factor at equal intervals.", new KeyTable(
            new NumberKey("decay_epochs", NumberRange.AboveZero, "the interval").Required(),
            new NumberKey("decay_rate", NumberRange.AboveZero, "the factor").Required(),
            new BooleanKey("staircase", "multiplies at the end of each interval instead of gradually").Or(false))),
        new("PiecewiseConstantDecay", "PiecewiseConstantDecaySchedule", "A constant rate between boundaries; replaces the optimizer's rate.", new KeyTable(
            new NumberListKey("boundaries", NumberRange.AboveZero, "epochs at which the next value begins, ascending").Required(),
            new NumberListKey("values", NumberRange.AboveZero, "learning rates, one more than boundaries").Required()))
        {
            ReplacesRate = true,
        },
        new("OneCycle", "OneCycleSchedule", "Rises to a maximum, then falls to almost 0; replaces the optimizer's rate.", new KeyTable(
            new NumberKey("max_learning_rate", NumberRange.AboveZero, "the highest rate").Required(),
            new NumberKey("warmup_fraction", NumberRange.Fraction, "the fraction of training in which the rate rises linearly from 0").Or(0.3),
            new NumberKey("final_divisor", NumberRange.AboveZero, "the highest rate divided by the last one").Or(10_000)))
        {
            ReplacesRate = true,
        },
        new("ReduceLROnPlateau", "ReduceLROnPlateauSchedule", "The optimizer's rate, multiplied by a factor whenever the held-out images have not improved for some epochs in a row.", new KeyTable(
            new ChoiceKey("monitor", ["val_loss", "val_accuracy"], "what must improve").Or("val_loss"),
            new NumberKey("factor", new NumberRange(0, 1, ExcludesMinimum: true, ExcludesMaximum: true), "what the rate is multiplied by").Or(0.1),
            new IntegerKey("patience", 0, 100_000, "epochs in a row without improvement after which the rate is reduced; 0 counts as 1").Or(10),
            new NumberKey("min_delta", NumberRange.ZeroOrMore, "the least change that counts as an improvement, which must be larger").Or(1e-4),
            new IntegerKey("cooldown", 0, 100_000, "epochs after a reduction in which none is counted").Or(0),
            new NumberKey("min_lr", NumberRange.ZeroOrMore, "the rate below which it does not fall").Or(0)))
        {
            WatchesHeldOut = true,
        },
    ];
}
