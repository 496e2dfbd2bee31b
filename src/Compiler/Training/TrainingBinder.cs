using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Training;

/// <summary>Binds the <c>training</c> section.</summary>
internal static class TrainingBinder
{
    private static readonly TrainingSpec Default = new(Defaults(TrainingTable.Keys), new TypedSettings(Optimizers.Adam, Defaults(Optimizers.Adam.Table)));

    /// <summary>The section's values; the defaults where it has errors, which are reported.</summary>
    public static TrainingSpec Bind(JsonNode? node, DiagnosticBag bag)
    {
        if (node is null)
        {
            return Default;
        }

        var reader = new ValueReader(bag, scope: null, "training");
        if (node is not JsonObject section)
        {
            reader.ReportType(node, "training", "an object");
            return Default;
        }

        var bound = ObjectBinder.Bind(
            section, TrainingTable.Keys, [TrainingTable.Optimizer, TrainingTable.Schedule, TrainingTable.EarlyStopping], reader, section.Token, TrainingTable.SectionOf);
        var training = new TrainingSpec(
            bound.IsComplete ? bound.Settings : Default.Settings,
            BindTyped(section, TrainingTable.Optimizer, TrainingTable.Optimizers, reader) ?? Default.Optimizer,
            BindTyped(section, TrainingTable.Schedule, TrainingTable.Schedules, reader),
            BindEarlyStopping(section, bag));
        TrainingRules.Check(section, training, bag);
        return training;
    }

    private static Settings Defaults(KeyTable table) => new(table.Keys.Select(key => key.Default).ToEquatableArray());

    /// <summary>An object whose <c>type</c> chooses its keys; null when it is not there or has errors.</summary>
    private static TypedSettings? BindTyped(JsonObject training, string key, EquatableArray<TypedObject> kinds, ValueReader reader) =>
        training.Find(key)?.Value is { } node ? TypedSettings.Read(node, key, kinds, reader) : null;

    private static Settings? BindEarlyStopping(JsonObject training, DiagnosticBag bag)
    {
        if (training.Find(TrainingTable.EarlyStopping)?.Value is not { } node)
        {
            return null;
        }

        if (node is not JsonObject section)
        {
            new ValueReader(bag, scope: null, "training").ReportType(node, TrainingTable.EarlyStopping, "an object such as { \"patience\": 3 }");
            return null;
        }

        var bound = ObjectBinder.Bind(
            section, TrainingTable.EarlyStoppingKeys, [], new ValueReader(bag, scope: null, "training.early_stopping"), section.Token);
        return bound.IsComplete ? bound.Settings : null;
    }
}
