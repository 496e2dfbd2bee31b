using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>What a name in a spec stands for.</summary>
internal enum SymbolKind
{
    Block,
    Parameter,

    /// <summary>A layer.</summary>
    Layer,

    /// <summary>A repetition or a use of a block, which have names only to be read by.</summary>
    Entry,
}

/// <summary>Something that a spec gives a name to, and where the name stands.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The name.</param>
/// <param name="Definition">The token that gives the name.</param>
internal sealed record Symbol(SymbolKind Kind, string Name, TextSpan Definition)
{
    private const int MostValues = 20;

    private readonly List<JsonNode> values = [];

    /// <summary>The tokens that use it; of a parameter strings such as <c>"$filters * 2"</c>, and the keys of the block's uses.</summary>
    public HashSet<TextSpan> References { get; } = [];

    /// <summary>The values that uses of the block give a parameter, the first ones.</summary>
    public IReadOnlyList<JsonNode> Values => values;

    public void AddValue(JsonNode value)
    {
        if (value is not UnknownNode && values.Count < MostValues)
        {
            values.Add(value);
        }
    }
}

/// <summary>The names of a spec, which the binder writes down as it looks them up.</summary>
/// <param name="watched">The entry at which to see what can be read by name; null for none.</param>
internal sealed class SymbolLog(JsonNode? watched = null)
{
    private readonly Dictionary<TextSpan, Symbol> symbols = [];
    private readonly Dictionary<JsonNode, List<(int First, int Last)>> expansions = [];

    public IReadOnlyCollection<Symbol> Symbols => symbols.Values;

    /// <summary>The names that the watched entry may read, the nearest first; null when it was not met.</summary>
    public IReadOnlyList<string>? NamesAtWatched { get; set; }

    /// <summary>The symbol whose name stands at a place; a new one the first time.</summary>
    public Symbol Define(SymbolKind kind, string name, TextSpan definition)
    {
        if (!symbols.TryGetValue(definition, out var symbol))
        {
            symbols.Add(definition, symbol = new Symbol(kind, name, definition));
        }

        return symbol;
    }

    public void Refer(TextSpan definition, TextSpan reference)
    {
        if (symbols.TryGetValue(definition, out var symbol))
        {
            symbol.References.Add(reference);
        }
    }

    /// <summary>What each repetition and use of a block became, each time that it was expanded: the ids of the first layer and of the last.</summary>
    public IReadOnlyDictionary<JsonNode, List<(int First, int Last)>> Expansions => expansions;

    public void Expand(JsonNode entry, int first, int last)
    {
        if (!expansions.TryGetValue(entry, out var ranges))
        {
            expansions.Add(entry, ranges = []);
        }

        ranges.Add((first, last));
    }

    /// <summary>The entry is the watched one, met for the first time: the names that it may read are wanted.</summary>
    public bool WantsNames(JsonNode entry) => entry == watched && NamesAtWatched is null;
}
