using System.Globalization;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Training;

/// <summary>Rules between the keys of the <c>training</c> section.</summary>
internal static class TrainingRules
{
    public static void Check(JsonObject section, TrainingSpec training, DiagnosticBag bag)
    {
        CheckNesterov(section, training.Optimizer, bag);
        CheckClipping(section, training.Optimizer, bag);
        CheckAveraging(section, training.Optimizer, bag);
        if (section.Find(TrainingTable.EarlyStopping)?.Value is JsonObject stopping && HoldsNothingOut(section))
        {
            Report(bag, "training.early_stopping", stopping, "without a \"validation_split\" there is nothing to watch: held-out images decide when to stop, never the test images");
        }

        if (training.Schedule is { } schedule)
        {
            CheckSchedule(section, schedule, training, bag);
        }
    }

    // Nesterov's method looks ahead along the momentum: without momentum there is nothing to look along.
    private static void CheckNesterov(JsonObject section, TypedSettings optimizer, DiagnosticBag bag)
    {
        if (Written(section, TrainingTable.Optimizer, "nesterov") is JsonBoolean { Value: true } nesterov
            && optimizer.Kind.Table.Keys.FirstOrDefault(key => key.Name == "momentum") is { } momentum
            && optimizer.Settings.Find(optimizer.Kind.Table, momentum) is not > 0.0)
        {
            Report(bag, $"training.optimizer ({optimizer.Kind.Type})", nesterov, "\"nesterov\" needs a \"momentum\" above 0");
        }
    }

    private static void CheckClipping(JsonObject section, TypedSettings optimizer, DiagnosticBag bag)
    {
        if ((section.Find(TrainingTable.Optimizer)?.Value as JsonObject)?.Members.Where(member => Optimizers.Clipping.Any(key => key.Name == member.Name)).ToList() is not [var first, ..] written)
        {
            return;
        }

        // A repeated key is an error of its own.
        foreach (var member in written.Where(member => member.Name != first.Name))
        {
            Report(bag, $"training.optimizer ({optimizer.Kind.Type})", member.Value, $"\"{member.Name}\" cannot stand beside \"{first.Name}\": gradients are clipped in one way; remove one of the two");
        }
    }

    // A momentum that differs from the default was meant for something; records of settings always have one.
    private static void CheckAveraging(JsonObject section, TypedSettings optimizer, DiagnosticBag bag)
    {
        if (Written(section, TrainingTable.Optimizer, Optimizers.EmaMomentum.Name) is { } momentum
            && !optimizer.Settings.Get(optimizer.Kind.Table, Optimizers.UseEma)
            && !Optimizers.EmaMomentum.Default!.Equals(optimizer.Settings.Get(optimizer.Kind.Table, Optimizers.EmaMomentum)))
        {
            Report(bag, $"training.optimizer ({optimizer.Kind.Type})", momentum, "\"ema_momentum\" needs \"use_ema\": true");
        }
    }

    private static void CheckSchedule(JsonObject section, TypedSettings schedule, TrainingSpec training, DiagnosticBag bag)
    {
        var where = $"training.learning_rate_schedule ({schedule.Kind.Type})";
        if (schedule.Kind.ReplacesRate && Written(section, TrainingTable.Optimizer, "learning_rate") is { } rate)
        {
            Report(bag, "training.optimizer", rate, $"{schedule.Kind.Type} sets the learning rate itself; remove this one");
        }

        if (schedule.Kind.WatchesHeldOut && HoldsNothingOut(section))
        {
            Report(bag, where, section.Find(TrainingTable.Schedule)!.Value, "without a \"validation_split\" there is nothing to watch: held-out images decide when the rate falls, never the test images");
        }

        if (Value("boundaries") is EquatableArray<double> boundaries && Value("values") is EquatableArray<double> values)
        {
            if (values.Count != boundaries.Count + 1)
            {
                Report(bag, where, Written(section, TrainingTable.Schedule, "values")!, $"{Text.Plural(boundaries.Count, "boundary", "boundaries")} need {boundaries.Count + 1} values, but there are {values.Count}");
            }

            if (boundaries.Zip(boundaries.Skip(1), (first, second) => first >= second).Any(isWrong => isWrong))
            {
                Report(bag, where, Written(section, TrainingTable.Schedule, "boundaries")!, "the boundaries must be in ascending order");
            }
        }

        if (Value("warmup_epochs") is double warmup && Epochs(section) is { } epochs && warmup >= epochs)
        {
            Report(bag, where, Written(section, TrainingTable.Schedule, "warmup_epochs")!, $"warmup_epochs is {Text.Number(warmup)}, but must be less than the number of epochs, {epochs}");
        }

        object? Value(string name) =>
            schedule.Kind.Table.Keys.FirstOrDefault(key => key.Name == name) is { } key ? schedule.Settings.Find(schedule.Kind.Table, key) : null;
    }

    // What is written counts, not the settings: those are the defaults when any key was refused. A key that was refused or misspelt
    // says nothing, so that one mistake makes one message.
    private static bool HoldsNothingOut(JsonObject section) => Number(section, TrainingTable.ValidationSplit) is 0;

    private static double? Epochs(JsonObject section) => Number(section, TrainingTable.Epochs) is { } epochs and > 0 ? epochs : null;

    private static double? Number<T>(JsonObject section, Key<T> key)
        where T : notnull => section.Find(key.Name)?.Value switch
        {
            JsonNumber number => double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null,
            null when section.Members.All(member => Suggestion.Nearest(member.Name, [key.Name]) is null) => Convert.ToDouble(key.Default, CultureInfo.InvariantCulture),
            _ => null,
        };

    private static JsonNode? Written(JsonObject section, string key, string inner) => (section.Find(key)?.Value as JsonObject)?.Find(inner)?.Value;

    private static void Report(DiagnosticBag bag, string where, JsonNode node, string message) =>
        bag.Report(Descriptors.Conflict, node.Token, where, message);
}
