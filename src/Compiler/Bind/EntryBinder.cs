using System.Globalization;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

/// <summary>Expands and binds the entries of <c>layers</c> lists: layers, repetitions, uses of blocks, merges.</summary>
/// <param name="blocks">The blocks, by name.</param>
/// <param name="bag">Takes what is wrong.</param>
/// <param name="log">Takes the names that are given and looked up; null when nobody wants to know.</param>
internal sealed partial class EntryBinder(IReadOnlyDictionary<string, BlockDefinition> blocks, DiagnosticBag bag, SymbolLog? log = null)
{
    public const int MaxLayers = 10_000;
    public const int MaxSteps = 100_000;
    public const int MaxRepeat = 1_000;

    /// <summary>Looking at many keys and reading long arrays is work, too: of so many values, as much as an entry.</summary>
    public const int ValuesPerStep = 16;

    /// <summary>Every level takes room on the stack, here and in the steps after this one.</summary>
    public const int MaxDepth = 100;

    /// <summary>The key of what an entry reads instead of the entry before it.</summary>
    public const string FromKey = "from";

    /// <summary>The keys that say what an entry is.</summary>
    public static readonly EquatableArray<string> EntryKinds = ["type", "repeat", "block"];

    /// <summary>What no parameter of a block can be called, since its use could not give it.</summary>
    public static readonly EquatableArray<string> KeysOfUses = [.. EntryKinds, "name", FromKey, CommonKeys.Trainable.Name];

    private static readonly string[] LayerKeys = ["type", "name", FromKey];
    private static readonly string[] MergeKeys = [Merge.BranchesKey, FromKey, "type", "name"];

    private int layers;
    private int values;
    private int steps;
    private int groups;
    private bool stopped;

    /// <summary>Everything could be expanded: what every layer reads is known.</summary>
    public bool IsWhole { get; private set; } = true;

    private bool IsStopped => stopped || bag.IsFull;

    /// <summary>The layers that a <c>layers</c> list, or whatever is in its place, expands to.</summary>
    public EquatableArray<LayerSpec> BindList(JsonNode node, string path, BlockScope? scope)
    {
        var result = new LayerChain(Source.Image);
        BindList(node, new EntryPlace(path, scope, Group: null, Depth: 0), new Source(Source.Image, NameScope.Input), result, allowsEmpty: false);
        return result.Layers.ToEquatableArray();
    }

    /// <summary>Expands a list whose first entry reads <paramref name="input"/>; gives the output of its last one.</summary>
    private int BindList(JsonNode node, EntryPlace place, Source input, LayerChain result, bool allowsEmpty)
    {
        if (node is not JsonArray list)
        {
            Reader(place).Report(Descriptors.WrongType, node.Token, "this", "a list of layers", node.Kind);
            return result.Add(Faulty(node, place));
        }

        if (list.Items.Count == 0 && !allowsEmpty)
        {
            Reader(place).Report(Descriptors.EmptyList, list.Token);
            return result.Add(Faulty(node, place));
        }

        var names = new NameScope(place.Names, input.Id, list, place.Path) { Current = input };
        for (var i = 0; i < list.Items.Count && !IsStopped; i++)
        {
            var inside = place with { Path = place.Path + "[" + i.ToString(CultureInfo.InvariantCulture) + "]", Depth = place.Depth + 1, Names = names };
            BindEntry(list.Items[i], inside, result);
            names.Current = new Source(result.Last, NameScope.Input);
            if (list.Items[i] is JsonObject entry && entry.Find("name")?.Value is JsonString name)
            {
                var isLayer = entry.Find("type") is not null;
                _ = log?.Define(isLayer ? SymbolKind.Layer : SymbolKind.Entry, name.Value, name.Token);
                if (!names.Define(name, result.Last, isLayer))
                {
                    Reader(inside).Report(Descriptors.NameTaken, name.Token, name.Value, "an entry before this one in the same list has it");
                }
            }
        }

        return names.Current.Id;
    }

    private void BindEntry(JsonNode node, EntryPlace place, LayerChain result)
    {
        if (++steps > MaxSteps)
        {
            Stop(Descriptors.TooManySteps, node, place, Text.Count(MaxSteps), result);
            return;
        }

        if (place.Depth > MaxDepth)
        {
            Reader(place).Report(Descriptors.NestedTooDeeply, node.Token, Text.Count(MaxDepth));
            result.Add(Faulty(node, place));
            return;
        }

        if (log?.WantsNames(node) == true)
        {
            log.NamesAtWatched = [.. place.Names!.Names];
        }

        if (node is not JsonObject entry)
        {
            Reader(place).Report(Descriptors.WrongType, node.Token, "an entry", "an object with \"type\", \"repeat\" or \"block\"", node.Kind);
            result.Add(Faulty(node, place));
            return;
        }

        // Looking at many keys and reading long arrays is work, too.
        var written = entry.Members.Count;
        foreach (var member in entry.Members)
        {
            written += member.Value switch
            {
                JsonArray array => array.Items.Count,
                JsonString text => place.Scope?.Parameters.ItemsOf(text.Value) ?? 0,
                _ => 0,
            };
        }

        steps += written / ValuesPerStep;
        switch (entry.Find("type"), entry.Find("repeat"), entry.Find("block"))
        {
            case (null, { } repeat, null):
                BindRepeat(entry, repeat.Value, place, result);
                break;
            case (null, null, { } block):
                BindBlockUse(entry, block.Value, place, result);
                break;
            case ({ } type, null, null):
                BindLayer(entry, type.Value, place, result);
                break;
            default:
                ReportEntryKind(entry, Reader(place));
                result.Add(Faulty(node, place));
                break;
        }
    }

    private static void ReportEntryKind(JsonObject entry, ValueReader reader)
    {
        var kinds = entry.Members.Where(member => EntryKinds.Contains(member.Name)).ToList();
        var distinct = kinds.Select(member => member.Name).Distinct().ToList();
        if (distinct.Count > 1)
        {
            reader.Report(Descriptors.EntryKind, kinds[1].NameSpan, $"an entry must have exactly one of \"type\", \"repeat\" and \"block\", but this one has \"{distinct[0]}\" and \"{distinct[1]}\"");
            return;
        }

        // A misspelled "type" is one error, and the key is the place for it.
        foreach (var member in entry.Members)
        {
            if (Suggestion.Nearest(member.Name, EntryKinds) is { } nearest)
            {
                reader.Report(Descriptors.UnknownKey, member.NameSpan, Suggestion.Fix(member.NameSpan, nearest), member.Name, Suggestion.Hint(nearest), Text.List(EntryKinds));
                return;
            }
        }

        reader.Report(Descriptors.EntryKind, entry.Token, "an entry needs a \"type\" (a layer), a \"repeat\" or a \"block\"");
    }

    private void BindLayer(JsonObject entry, JsonNode typeNode, EntryPlace place, LayerChain result)
    {
        if (typeNode is not JsonString type)
        {
            Reader(place).Report(Descriptors.WrongType, typeNode.Token, "\"type\"", "the name of a layer type", typeNode.Kind);
            result.Add(Faulty(entry, place));
            return;
        }

        if (LayerTable.Find(type.Value) is not { } kind)
        {
            var (hint, fix) = UnknownTypeHint(type);
            Reader(place).Report(Descriptors.UnknownLayerType, typeNode.Token, fix, type.Value, hint);
            result.Add(Faulty(entry, place));
            return;
        }

        if (++layers > MaxLayers)
        {
            Stop(Descriptors.TooManyLayers, typeNode, place, Text.Count(MaxLayers), result);
            return;
        }

        var reader = Reader(place, type.Value);
        var others = kind.JoinsBranches ? MergeKeys : LayerKeys;
        var bound = ObjectBinder.Bind(entry, kind.Table, others, reader, typeNode.Token);
        var layer = new LayerSpec
        {
            Kind = kind,
            Settings = bound.Settings,
            ValueSpans = bound.Spans,
            Node = entry,
            TypeSpan = typeNode.Token,
            Path = place.Path,
            UsedAt = place.Scope?.UsedAt,
            Group = place.Group,
            WrittenName = BindName(entry, reader),
            IsComplete = bound.IsComplete,
            Id = ++values,
        };
        layer = kind.JoinsBranches ? BindMerge(layer, entry, typeNode, place, reader, result.Last)
            : BindFrom(entry, place, reader) is var input && input.Id != result.Last ? layer with { From = [input] }
            : layer;

        // As in Keras, what contains a layer freezes it, whatever it says itself.
        if (place.IsFrozen && kind.Table.IndexOf(CommonKeys.Trainable) >= 0)
        {
            layer = layer.With(CommonKeys.Trainable, false);
        }

        result.Add(layer.IsComplete && !kind.Check(layer, reader) ? layer with { IsComplete = false } : layer);
    }

    // With a suggestion the list of all types would only hide it.
    private static (string Hint, SpecFix? Fix) UnknownTypeHint(JsonString type) => LayerTable.MeantActivation(type.Value) is var (kind, key, activation)
        ? ($"; did you mean {{ \"type\": \"{kind}\", \"{key}\": \"{activation}\" }}?", SpecFix.Replace($"Change to {kind} with '{activation}'", type.Token, $"\"{kind}\", \"{key}\": \"{activation}\""))
        : LayerTable.Meant(type.Value) is { } nearest ? (Suggestion.Hint(nearest), Suggestion.Fix(type.Token, nearest))
        : ($". Types: {Text.List(LayerTable.Types)}.", null);

    /// <summary>Whether a repetition or a use of a block says that its layers are not trained.</summary>
    private static bool Freezes(JsonObject entry, ValueReader reader) =>
        entry.Find(CommonKeys.Trainable.Name) is { } member && CommonKeys.Trainable.Read(reader.Resolve(member.Value), reader) is false;

    private static JsonString? BindName(JsonObject entry, ValueReader reader)
    {
        if (entry.Find("name") is not { } member)
        {
            return null;
        }

        if (member.Value is JsonString { Value.Length: <= Identifier.MaxLength } name && Identifier.IsSnakeCase(name.Value))
        {
            return name;
        }

        reader.Report(Descriptors.IllegalLayerName, member.Value.Token, member.Value is JsonString text ? $"'{text.Value}'" : member.Value.Kind);
        return null;
    }

    private void Stop(DiagnosticRule descriptor, JsonNode node, EntryPlace place, string limit, LayerChain result)
    {
        stopped = true;
        IsWhole = false;
        result.Add(Faulty(node, place));
        Reader(place).Report(descriptor, node.Token, limit);
    }

    private ValueReader Reader(EntryPlace place, string? kind = null) =>
        new(bag, place.Scope?.Parameters, place.Path, kind, place.Scope?.UsedAt);

    /// <summary>Stands for an entry that could not be bound: nothing is known of the shape after it.</summary>
    private LayerSpec Faulty(JsonNode node, EntryPlace place)
    {
        IsWhole = false;
        return new LayerSpec
        {
            Kind = null,
            Settings = Settings.Empty,
            ValueSpans = [],
            Node = node,
            TypeSpan = new TextSpan(node.Token.Start, node.Token.Length),
            Path = place.Path,
            UsedAt = place.Scope?.UsedAt,
            IsComplete = false,
            Id = ++values,
        };
    }
}
