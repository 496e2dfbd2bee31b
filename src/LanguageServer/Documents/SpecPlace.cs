using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.LanguageServer.Documents;

/// <summary>What a value of a spec's tree is.</summary>
internal enum PlaceKind
{
    Spec,
    Input,
    Blocks,
    Block,
    Parameters,
    Entries,
    Entry,
    Branches,
    From,
    Training,
    EarlyStopping,

    /// <summary>An object of which <c>type</c> chooses one of several.</summary>
    Typed,
    Value,
}

/// <summary>What stands at a place in the tree.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Node">The value.</param>
/// <param name="Member">The member whose value it is; null for an element of an array, and for the spec.</param>
/// <param name="Block">The definition of the block around it; null outside blocks.</param>
/// <param name="Objects">The objects that it may be, by <c>type</c>.</param>
/// <param name="Key">The key whose value it is, where a table has it.</param>
internal sealed record SpecPlace(PlaceKind Kind, JsonNode Node, JsonMember? Member, JsonMember? Block, EquatableArray<TypedObject> Objects, Key? Key)
{
    /// <summary>From the spec down to the innermost object or array around an offset, and the value there.</summary>
    public static IReadOnlyList<SpecPlace> At(JsonNode root, string text, int offset)
    {
        var places = new List<SpecPlace> { new(PlaceKind.Spec, root, null, null, [], null) };
        while (places[^1].Child(text, offset) is { } child)
        {
            places.Add(child);
        }

        return places;
    }

    /// <summary>The values directly in it.</summary>
    public IEnumerable<SpecPlace> Children() => Node switch
    {
        JsonObject value => value.Members.Select(Of),
        JsonArray value => value.Items.Select(Item),
        _ => [],
    };

    /// <summary>The keys that it may have, an object; none where names are free.</summary>
    public IReadOnlyList<KeyText> Keys(JsonObject? blocks) => Node is not JsonObject node ? [] : Kind switch
    {
        PlaceKind.Spec => StructureKeys.Spec,
        PlaceKind.Input => StructureKeys.Input,
        PlaceKind.Block => StructureKeys.Block,
        PlaceKind.Training => [.. TrainingTable.Keys.Keys.Select(KeyText.Of), .. StructureKeys.Training],
        PlaceKind.EarlyStopping => [.. TrainingTable.EarlyStoppingKeys.Keys.Select(KeyText.Of)],
        PlaceKind.Typed => [StructureKeys.Type, .. Table(node).Keys.Select(KeyText.Of)],
        PlaceKind.Entry when node.Find("repeat") is not null => StructureKeys.Repeat,
        PlaceKind.Entry when node.Find("block") is { } use => [.. StructureKeys.Use, .. Parameters(use.Value, blocks)],
        PlaceKind.Entry when node.Find("type") is not null && LayerKindOf(node) is { } kind =>
            [StructureKeys.Type, .. kind.Table.Keys.Select(KeyText.Of), .. kind.JoinsBranches ? [StructureKeys.Branches] : Array.Empty<KeyText>(), StructureKeys.Name, StructureKeys.From],
        PlaceKind.Entry => StructureKeys.Entry,
        _ => [],
    };

    /// <summary>The kind of the layer that an entry is; null for none.</summary>
    public static LayerKind? LayerKindOf(JsonObject entry) => entry.Find("type")?.Value is JsonString type ? LayerTable.Find(type.Value) : null;

    private KeyTable Table(JsonObject node) =>
        node.Find("type")?.Value is JsonString type && Objects.FirstOrDefault(candidate => candidate.Type == type.Value) is { } found ? found.Table : KeyTable.Empty;

    private static IEnumerable<KeyText> Parameters(JsonNode use, JsonObject? blocks) =>
        use is JsonString name && blocks?.Find(name.Value)?.Value is JsonObject block && block.Find("parameters")?.Value is JsonArray list
            ? list.Items.OfType<JsonString>().Select(parameter => new KeyText(parameter.Value, $"A parameter of the block {name.Value}.", null, "$1", IsRequired: true))
            : [];

    private SpecPlace? Child(string text, int offset) => Node switch
    {
        JsonObject value => value.Members.FirstOrDefault(member => offset > member.NameSpan.End && offset <= ValueEnd(member.Value, text) && HasColon(text, member, offset)) is { } member ? Of(member) : null,
        JsonArray value => value.Items.FirstOrDefault(item => offset >= item.Span.Start + (item is JsonObject or JsonArray ? 1 : 0) && offset <= ValueEnd(item, text)) is { } item ? Item(item) : null,
        _ => null,
    };

    private static bool HasColon(string text, JsonMember member, int offset) => text.AsSpan(member.NameSpan.End, Math.Min(offset, text.Length) - member.NameSpan.End).Contains(':');

    // Before its bracket and behind it, one is not in an object.
    private static int ValueEnd(JsonNode node, string text) =>
        node is JsonObject or JsonArray && node.Span.Length > 1 && text[node.Span.End - 1] == (node is JsonObject ? '}' : ']') ? node.Span.End - 1 : node.Span.End;

    private SpecPlace Of(JsonMember member)
    {
        SpecPlace Is(PlaceKind kind, EquatableArray<TypedObject> objects = default) => new(kind, member.Value, member, kind == PlaceKind.Block ? member : Block, objects, null);
        switch (Kind, member.Name)
        {
            case (PlaceKind.Spec, "input"):
                return Is(PlaceKind.Input);
            case (PlaceKind.Spec, "blocks"):
                return Is(PlaceKind.Blocks);
            case (PlaceKind.Blocks, _):
                return Is(PlaceKind.Block);
            case (PlaceKind.Block, "parameters"):
                return Is(PlaceKind.Parameters);
            case (PlaceKind.Spec or PlaceKind.Block or PlaceKind.Entry, "layers"):
                return Is(PlaceKind.Entries);
            case (PlaceKind.Entry, Merge.BranchesKey):
                return Is(PlaceKind.Branches);
            case (PlaceKind.Entry, EntryBinder.FromKey):
                return Is(PlaceKind.From);
            case (PlaceKind.Spec, "training"):
                return Is(PlaceKind.Training);
            case (PlaceKind.Training, TrainingTable.Optimizer):
                return Is(PlaceKind.Typed, TrainingTable.Optimizers);
            case (PlaceKind.Training, TrainingTable.Schedule):
                return Is(PlaceKind.Typed, TrainingTable.Schedules);
            case (PlaceKind.Training, TrainingTable.EarlyStopping):
                return Is(PlaceKind.EarlyStopping);
        }

        var key = TableOf()?.Keys.FirstOrDefault(candidate => candidate.Name == member.Name);
        return new SpecPlace(key is { Objects.IsEmpty: false } && member.Value is JsonObject ? PlaceKind.Typed : PlaceKind.Value, member.Value, member, Block, key?.Objects ?? [], key);
    }

    private SpecPlace Item(JsonNode item) => new(
        Kind switch
        {
            PlaceKind.Entries => PlaceKind.Entry,
            PlaceKind.Branches => PlaceKind.Entries,
            PlaceKind.From => PlaceKind.From,
            _ => PlaceKind.Value,
        },
        item,
        Member: null,
        Block,
        [],
        Kind == PlaceKind.Value ? Key : null);

    private KeyTable? TableOf() => Node is not JsonObject node ? null : Kind switch
    {
        PlaceKind.Entry => LayerKindOf(node)?.Table ?? TrainableOnly(node),
        PlaceKind.Training => TrainingTable.Keys,
        PlaceKind.EarlyStopping => TrainingTable.EarlyStoppingKeys,
        PlaceKind.Typed => Table(node),
        _ => null,
    };

    private static KeyTable? TrainableOnly(JsonObject entry) => entry.Find("type") is null ? StructureKeys.OfUses : null;
}
