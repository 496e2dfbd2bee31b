using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

/// <summary>Matches the keys of a block's use with the block's parameters.</summary>
internal static class BlockArguments
{
    // What a use may have besides its arguments.
    private static readonly string[] Others = ["block", "name", EntryBinder.FromKey, CommonKeys.Trainable.Name];

    /// <summary>A value for every parameter; one that is missing or faulty is unknown, and nothing more is said of it.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Bind(JsonObject use, JsonNode nameNode, BlockDefinition block, NameScope names, ValueReader reader)
    {
        var parameters = new HashSet<string>(block.ParameterNames);
        var written = new HashSet<string>(use.Members.Select(member => member.Name));
        var missing = parameters.Where(name => !written.Contains(name)).ToList();
        var arguments = new Dictionary<string, JsonNode>();
        var misspelled = new HashSet<string>();
        var seen = new HashSet<string>();
        foreach (var member in use.Members)
        {
            if (!seen.Add(member.Name))
            {
                reader.Report(Descriptors.DuplicateKey, member.NameSpan, member.Name);
            }
            else if (parameters.Contains(member.Name))
            {
                arguments[member.Name] = Argument(member, names, reader);
                if (block.Symbols is { } symbols)
                {
                    symbols[member.Name].References.Add(member.NameSpan);
                    symbols[member.Name].AddValue(arguments[member.Name]);
                }
            }
            else if (!Others.Contains(member.Name))
            {
                var meant = Suggestion.Nearest(member.Name, missing.Concat(Others.Where(key => !written.Contains(key))));
                reader.Report(Descriptors.UnknownArgument, member.NameSpan, Suggestion.Fix(member.NameSpan, meant), member.Name, Suggestion.Hint(meant), block.ParameterList);
                if (Suggestion.Nearest(member.Name, missing) is { } nearest)
                {
                    misspelled.Add(nearest);
                }
            }
        }

        foreach (var name in parameters.Where(name => !arguments.ContainsKey(name)))
        {
            arguments[name] = new UnknownNode(nameNode.Span);
            if (!misspelled.Contains(name))
            {
                reader.Report(Descriptors.MissingArgument, nameNode.Token, name, block.ParameterList);
            }
        }

        return arguments;
    }

    private static JsonNode Argument(JsonMember member, NameScope names, ValueReader reader)
    {
        var value = reader.Resolve(member.Value);
        switch (value)
        {
            case JsonArray array when array.Items.All(IsPlain):
                // The array's own "$parameter"s belong to the block that contains the use, not to the block that is used.
                return new JsonArray(array.Span, [.. array.Items.Select(item => Named(reader.Resolve(item), names))]);
            case UnknownNode:
            case not JsonArray when IsPlain(value):
                return Named(value, names);
            default:
                reader.ReportType(value, member.Name, "a number, a string, true, false or an array of them");
                return new UnknownNode(value.Span);
        }
    }

    /// <summary>A string may be a name, which is looked up here; one that this use was given itself, further out.</summary>
    private static JsonNode Named(JsonNode value, NameScope names) =>
        value is JsonString text and not NameArgument ? new NameArgument(text.Span, text.Value, names) : value;

    private static bool IsPlain(JsonNode node) => node is JsonNumber or JsonString or JsonBoolean or UnknownNode;
}
