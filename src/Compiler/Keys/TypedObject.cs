using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>One of several objects that <c>type</c> chooses from.</summary>
/// <param name="Type">Its <c>type</c> in the spec.</param>
/// <param name="RuntimeType">The record in FashionCnn.Models that stands for it; its parameters are the keys in PascalCase.</param>
/// <param name="Summary">One sentence for the reference page.</param>
/// <param name="Table">Its keys.</param>
internal sealed record TypedObject(string Type, string RuntimeType, string Summary, KeyTable Table)
{
    /// <summary>A schedule that gives the learning rates itself: the optimizer's is not used.</summary>
    public bool ReplacesRate { get; init; }

    /// <summary>Two keys of which the first must not exceed the second.</summary>
    public (Key<double> Low, Key<double> High)? Ordered { get; init; }

    /// <summary>A schedule that goes by the held-out images, of which there must be some.</summary>
    public bool WatchesHeldOut { get; init; }
}

/// <summary>The values of an object that says by <c>type</c> which of several it is.</summary>
internal sealed record TypedSettings(TypedObject Kind, Settings Settings)
{
    /// <summary>Reads the object that is the value of a key; null after an error.</summary>
    /// <param name="node">The value.</param>
    /// <param name="key">Its key.</param>
    /// <param name="kinds">What <c>type</c> chooses from.</param>
    /// <param name="reader">Reads the object that has the key.</param>
    public static TypedSettings? Read(JsonNode node, string key, EquatableArray<TypedObject> kinds, ValueReader reader)
    {
        if (node is not JsonObject section)
        {
            reader.ReportType(node, key, Expected(kinds));
            return null;
        }

        var inside = reader.Inside(key);
        var types = kinds.Select(kind => kind.Type).ToEquatableArray();
        if (section.Find("type") is not { } type)
        {
            inside.Report(Descriptors.MissingKey, section.Token, "type", Text.OneOf(types));
            return null;
        }

        if (new ChoiceKey("type", types, string.Empty).Read(type.Value, inside) is not string name)
        {
            return null;
        }

        var kind = kinds.First(candidate => candidate.Type == name);
        inside = reader.Inside(key, name);
        var bound = ObjectBinder.Bind(section, kind.Table, ["type"], inside, type.Value.Token);
        return bound.IsComplete && IsOrdered(section, kind, bound, inside) ? new TypedSettings(kind, bound.Settings) : null;
    }

    private static bool IsOrdered(JsonObject section, TypedObject kind, BoundObject bound, ValueReader inside)
    {
        if (kind.Ordered is not var (low, high) || bound.Settings.Get(kind.Table, low) is var smallest && bound.Settings.Get(kind.Table, high) is var largest && smallest <= largest)
        {
            return true;
        }

        // One of the two may not be written.
        var wrong = section.Find(low.Name) is null ? high : low;
        inside.Report(Descriptors.Conflict, bound.Spans[kind.Table.IndexOf(wrong)], $"\"{low.Name}\", {Text.Number(smallest)}, must not exceed \"{high.Name}\", {Text.Number(largest)}");
        return false;
    }

    /// <summary>What such a key takes, in words.</summary>
    public static string Expected(EquatableArray<TypedObject> kinds) => $"an object such as {{ \"type\": \"{kinds[0].Type}\" }}";
}
