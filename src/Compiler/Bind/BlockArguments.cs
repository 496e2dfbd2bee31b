using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

/// <summary>Matches the keys of a block's use with the block's parameters.</summary>
internal static class BlockArguments
{
    /// <summary>A value for every parameter; one that is missing or faulty is unknown, and nothing more is said of it.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Bind(JsonObject use, JsonNode nameNode, BlockDefinition block, ValueReader reader)
    {
        var names = new HashSet<string>(block.ParameterNames);
        var written = new HashSet<string>(use.Members.Select(member => member.Name));
        var missing = names.Where(name => !written.Contains(name)).ToList();
        var arguments = new Dictionary<string, JsonNode>();
        var misspelled = new HashSet<string>();
        var seen = new HashSet<string>();
        foreach (var member in use.Members)
        {
            if (!seen.Add(member.Name))
            {
                reader.Report(Descriptors.DuplicateKey, member.NameSpan, member.Name);
            }
            else if (names.Contains(member.Name))
            {
                arguments[member.Name] = Argument(member, reader);
            }
            else if (member.Name != "block" && member.Name != CommonKeys.Trainable.Name)
            {
                var others = written.Contains(CommonKeys.Trainable.Name) ? missing : [.. missing, CommonKeys.Trainable.Name];
                reader.Report(Descriptors.UnknownArgument, member.NameSpan, member.Name, Suggestion.For(member.Name, others), block.ParameterList);
                if (Suggestion.Nearest(member.Name, missing) is { } nearest)
                {
                    misspelled.Add(nearest);
                }
            }
        }

        foreach (var name in names.Where(name => !arguments.ContainsKey(name)))
        {
            arguments[name] = new UnknownNode(nameNode.Span);
            if (!misspelled.Contains(name))
            {
                reader.Report(Descriptors.MissingArgument, nameNode.Token, name, block.ParameterList);
            }
        }

        return arguments;
    }

    private static JsonNode Argument(JsonMember member, ValueReader reader)
    {
        var value = reader.Resolve(member.Value);
        switch (value)
        {
            case JsonArray array when array.Items.All(IsPlain):
                // The array's own "$parameter"s belong to the block that contains the use, not to the block that is used.
                return new JsonArray(array.Span, [.. array.Items.Select(reader.Resolve)]);
            case UnknownNode:
            case not JsonArray when IsPlain(value):
                return value;
            default:
                reader.ReportType(value, member.Name, "a number, a string, true, false or an array of them");
                return new UnknownNode(value.Span);
        }
    }

    private static bool IsPlain(JsonNode node) => node is JsonNumber or JsonString or JsonBoolean or UnknownNode;
}
