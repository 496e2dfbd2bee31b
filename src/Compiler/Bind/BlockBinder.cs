using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

/// <summary>Reads the <c>blocks</c> section: names and parameters. The layers are bound at each use.</summary>
internal static class BlockBinder
{
    public static IReadOnlyDictionary<string, BlockDefinition> Bind(JsonNode? node, DiagnosticBag bag, SymbolLog? log = null)
    {
        var blocks = new Dictionary<string, BlockDefinition>();
        if (node is null)
        {
            return blocks;
        }

        var reader = new ValueReader(bag, scope: null, "blocks");
        if (node is not JsonObject section)
        {
            reader.ReportType(node, "blocks", "an object that holds one block per name");
            return blocks;
        }

        foreach (var member in section.Members)
        {
            if (blocks.ContainsKey(member.Name))
            {
                reader.Report(Descriptors.DuplicateKey, member.NameSpan, member.Name);
            }
            else
            {
                _ = log?.Define(SymbolKind.Block, member.Name, member.NameSpan);
                blocks.Add(member.Name, BindBlock(member, bag, log));
            }
        }

        return blocks;
    }

    /// <summary>
    /// Checks the blocks that no use has reached, and notes them and the parameters that nothing reads. In a spec with errors either
    /// may come of one of those, a misspelled name above all.
    /// </summary>
    public static void CheckUnused(IReadOnlyDictionary<string, BlockDefinition> blocks, EntryBinder entries, DiagnosticBag bag)
    {
        var unused = blocks.Values.Where(block => !block.IsUsed && block.Layers is not null).ToList();
        foreach (var block in unused)
        {
            if (!block.IsUsed)
            {
                var unknown = block.ParameterNames.Distinct().ToDictionary(name => name, JsonNode (_) => new UnknownNode(block.NameSpan));
                entries.BindList(block.Layers!, block.Path, new BlockScope(block, unknown, usedAt: null, outer: null));
            }
        }

        if (bag.HasErrors)
        {
            return;
        }

        foreach (var block in unused)
        {
            bag.Report(Descriptors.UnusedBlock, block.NameSpan, block.Name);
        }

        foreach (var block in blocks.Values)
        {
            foreach (var parameter in block.Parameters.Where(parameter => !block.ReadParameters.Contains(parameter.Value)))
            {
                bag.Report(Descriptors.UnusedParameter, parameter.Token, parameter.Value, block.Name);
            }
        }
    }

    private static BlockDefinition BindBlock(JsonMember member, DiagnosticBag bag, SymbolLog? log)
    {
        var reader = new ValueReader(bag, scope: null, $"blocks.{member.Name}");
        if (member.Value is not JsonObject block)
        {
            reader.ReportType(member.Value, member.Name, "an object with \"parameters\" and \"layers\"");
            return new BlockDefinition(member.Name, member.NameSpan, [], layers: null);
        }

        ObjectBinder.CheckNames(block, ["parameters", "layers"], reader, out var misspelled);
        var layers = block.Find("layers")?.Value;
        if (layers is null && !misspelled.Contains("layers"))
        {
            reader.Report(Descriptors.MissingKey, block.Token, "layers", "the list of the block's layers");
        }

        return new BlockDefinition(member.Name, member.NameSpan, Parameters(block, reader), layers, log);
    }

    private static List<JsonString> Parameters(JsonObject block, ValueReader reader)
    {
        var parameters = new List<JsonString>();
        var seen = new HashSet<string>();
        if (block.Find("parameters") is not { } written)
        {
            return parameters;
        }

        if (written.Value is not JsonArray list)
        {
            reader.ReportType(written.Value, "parameters", "an array of names");
            return parameters;
        }

        foreach (var item in list.Items)
        {
            if (item is not JsonString name || !Identifier.IsIdentifier(name.Value) || EntryBinder.KeysOfUses.Contains(name.Value))
            {
                reader.Report(Descriptors.IllegalParameterName, item.Token, item is JsonString text ? $"'{text.Value}'" : item.Kind);
            }
            else if (!seen.Add(name.Value))
            {
                reader.Report(Descriptors.DuplicateParameter, item.Token, name.Value);
            }
            else
            {
                parameters.Add(name);
            }
        }

        return parameters;
    }
}
