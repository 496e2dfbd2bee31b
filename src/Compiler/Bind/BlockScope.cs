using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

/// <summary>A block as it is written.</summary>
internal sealed class BlockDefinition(string name, TextSpan nameSpan, IReadOnlyList<JsonString> parameters, JsonNode? layers, SymbolLog? log = null)
{
    private const int LongestName = 200;

    public string Name { get; } = name;

    public TextSpan NameSpan { get; } = nameSpan;

    public IReadOnlyList<JsonString> Parameters { get; } = parameters;

    /// <summary>The place of its layers. Every layer of every use keeps it, so that a long name is cut.</summary>
    public string Path { get; } = $"blocks.{(name.Length <= LongestName ? name : name.Substring(0, LongestName) + "...")}.layers";

    /// <summary>The layers' array, or whatever is in its place; null when the block has none.</summary>
    public JsonNode? Layers { get; } = layers;

    public IReadOnlyList<string> ParameterNames { get; } = [.. parameters.Select(parameter => parameter.Value)];

    public string ParameterList { get; } = parameters.Count == 0
        ? "The block has no parameters."
        : $"The block's parameters: {Text.Names([.. parameters.Select(parameter => parameter.Value)])}.";

    /// <summary>Some use of the block has been expanded.</summary>
    public bool IsUsed { get; set; }

    /// <summary>The parameters as symbols, by name; null when nobody wants to know.</summary>
    public IReadOnlyDictionary<string, Symbol>? Symbols { get; } = log is null ? null
        : parameters.ToDictionary(parameter => parameter.Value, parameter => log.Define(SymbolKind.Parameter, parameter.Value, parameter.Token));

    /// <summary>The parameters whose value has been asked for.</summary>
    public HashSet<string> ReadParameters { get; } = [];
}

/// <summary>One use of a block: the values of its parameters while its layers are expanded.</summary>
internal sealed class BlockScope(BlockDefinition block, IReadOnlyDictionary<string, JsonNode> arguments, string? usedAt, BlockScope? outer)
{
    public BlockDefinition Block { get; } = block;

    /// <summary>Where in <c>layers</c> the block is used; null while a block is checked that nothing uses.</summary>
    public string? UsedAt { get; } = usedAt;

    /// <summary>What the values in the block's layers may stand for.</summary>
    public ParameterScope Parameters { get; } = new(block.Name, block.ParameterNames, block.ParameterList, arguments, block.ReadParameters, block.Symbols);

    /// <summary>The block is being expanded already, here or further out.</summary>
    public bool Contains(BlockDefinition candidate) => Block == candidate || (outer?.Contains(candidate) ?? false);
}
