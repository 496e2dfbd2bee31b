using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Syntax;

namespace FashionCnn.Generator.Specs;

/// <summary>Binds the <c>training</c> section.</summary>
internal static class TrainingBinder
{
    public static TrainingSpec Bind(JsonNode? node, DiagnosticBag bag)
    {
        var defaults = new Settings(TrainingTable.Keys.Keys.Select(key => key.Default).ToEquatableArray());
        var adam = new TypedSettings(TrainingTable.Adam, new Settings(TrainingTable.Adam.Table.Keys.Select(key => key.Default).ToEquatableArray()));
        if (node is null)
        {
            return new TrainingSpec(defaults, adam);
        }

        var reader = new ValueReader(bag, scope: null, "training");
        if (node is not JsonObject section)
        {
            reader.ReportType(node, "training", "an object");
            return new TrainingSpec(defaults, adam);
        }

        var bound = ObjectBinder.Bind(section, TrainingTable.Keys, [TrainingTable.Optimizer], reader, section.Token);
        var optimizer = section.Find(TrainingTable.Optimizer) is { } written
            ? BindTyped(written.Value, "optimizer", TrainingTable.Optimizers, bag)
            : adam;
        return new TrainingSpec(bound.IsComplete ? bound.Settings : defaults, optimizer ?? adam);
    }

    /// <summary>An object whose <c>type</c> chooses its keys; null after an error.</summary>
    private static TypedSettings? BindTyped(JsonNode node, string key, EquatableArray<TypedObject> kinds, DiagnosticBag bag)
    {
        var reader = new ValueReader(bag, scope: null, "training");
        if (node is not JsonObject section)
        {
            reader.ReportType(node, key, $"an object such as {{ \"type\": \"{kinds[0].Type}\" }}");
            return null;
        }

        var types = kinds.Select(kind => kind.Type).ToList();
        if (section.Find("type") is not { } type)
        {
            new ValueReader(bag, scope: null, $"training.{key}").Report(Descriptors.MissingKey, section.Token, "type", Text.OneOf(types));
            return null;
        }

        if (new ChoiceKey("type", [.. types], string.Empty).Read(type.Value, new ValueReader(bag, scope: null, $"training.{key}")) is not string name)
        {
            return null;
        }

        var kind = kinds.First(candidate => candidate.Type == name);
        var typeReader = new ValueReader(bag, scope: null, $"training.{key} ({name})");
        var bound = ObjectBinder.Bind(section, kind.Table, ["type"], typeReader, type.Value.Token);
        return bound.IsComplete && TrainingRules.Check(kind, section, bound, typeReader) ? new TypedSettings(kind, bound.Settings) : null;
    }
}
