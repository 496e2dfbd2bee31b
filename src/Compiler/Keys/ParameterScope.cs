using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>What <c>"$name"</c> may stand for where a value is read: the parameters of a block and their values at one use of it.</summary>
/// <param name="block">The block's name.</param>
/// <param name="names">The parameters as the block declares them.</param>
/// <param name="list">A sentence that lists them.</param>
/// <param name="arguments">The values at this use.</param>
/// <param name="read">Takes the names of those that are asked for.</param>
/// <param name="symbols">Takes where they are asked for, by name; null when nobody wants to know.</param>
internal sealed class ParameterScope(
    string block, IReadOnlyList<string> names, string list, IReadOnlyDictionary<string, JsonNode> arguments, ISet<string> read, IReadOnlyDictionary<string, Symbol>? symbols = null)
{
    public string Block { get; } = block;

    public IReadOnlyList<string> Names { get; } = names;

    public string List { get; } = list;

    /// <summary>How long the array is that <c>"$name"</c> stands for; 0 where it is none.</summary>
    public int ItemsOf(string text) =>
        text.StartsWith("$", StringComparison.Ordinal) && arguments.TryGetValue(text.Substring(1), out var argument) && argument is JsonArray array ? array.Items.Count : 0;

    /// <param name="parameter">Which one.</param>
    /// <param name="place">Where it is asked for.</param>
    public JsonNode? Find(string parameter, TextSpan place)
    {
        if (!arguments.TryGetValue(parameter, out var argument))
        {
            return null;
        }

        _ = read.Add(parameter);
        _ = symbols?[parameter].References.Add(place);
        return argument;
    }
}
