using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

// Entries that stand for others: repetitions and uses of blocks.
internal sealed partial class EntryBinder
{
    private void BindRepeat(JsonObject entry, JsonNode countNode, EntryPlace place, LayerChain result)
    {
        var reader = Reader(place, "repeat");
        ObjectBinder.CheckNames(entry, ["repeat", "name", FromKey, CommonKeys.Trainable.Name, "layers"], reader, out var misspelled);
        _ = BindName(entry, reader);
        var input = BindFrom(entry, place, reader);
        place = place with { IsFrozen = place.IsFrozen || Freezes(entry, reader) };
        var count = reader.Integer(reader.Resolve(countNode), "repeat", 1, MaxRepeat);
        if (entry.Find("layers") is not { } list)
        {
            if (!misspelled.Contains("layers"))
            {
                reader.Report(Descriptors.MissingKey, countNode.Token, "layers", "the list of entries to repeat");
            }

            result.Add(Faulty(entry, place));
            return;
        }

        if (count is null)
        {
            // The body is looked at once, so that its own mistakes are reported in the same build.
            BindList(list.Value, place with { Path = $"{place.Path}.layers" }, input, new LayerChain(input.Id), allowsEmpty: false);
            result.Add(Faulty(entry, place));
            return;
        }

        var first = values + 1;
        for (var i = 0; i < count && !IsStopped; i++)
        {
            var round = count == 1 ? place.Group : LayerGroup.Within(place.Group, $"round {i + 1} of {count}", ++groups);
            input = new Source(BindList(list.Value, place with { Path = $"{place.Path}.layers", Group = round }, input, result, allowsEmpty: false), NameScope.Input);
        }

        log?.Expand(entry, first, values);
    }

    private void BindBlockUse(JsonObject entry, JsonNode nameNode, EntryPlace place, LayerChain result)
    {
        var reader = Reader(place, "block");
        if (nameNode is not JsonString name)
        {
            reader.Report(Descriptors.WrongType, nameNode.Token, "\"block\"", "the name of a block", nameNode.Kind);
            result.Add(Faulty(entry, place));
            return;
        }

        if (!blocks.TryGetValue(name.Value, out var block))
        {
            if (!reader.IsRepeated(Descriptors.UnknownBlock, nameNode.Token))
            {
                var known = blocks.Count == 0 ? "The spec has no \"blocks\"." : $"The spec's blocks: {Text.Names(blocks.Keys.ToList())}.";
                var meant = Suggestion.Nearest(name.Value, blocks.Keys);
                reader.Report(Descriptors.UnknownBlock, nameNode.Token, Suggestion.Fix(nameNode.Token, meant), name.Value, Suggestion.Hint(meant), known);
            }

            result.Add(Faulty(entry, place));
            return;
        }

        log?.Refer(block.NameSpan, nameNode.Token);
        if (place.Scope is not null && place.Scope.Contains(block))
        {
            reader.Report(Descriptors.BlockCycle, nameNode.Token, name.Value);
            result.Add(Faulty(entry, place));
            return;
        }

        // Matching names and copying arrays is work too.
        steps += block.Parameters.Count + entry.Members.Sum(member => member.Value is JsonArray array ? array.Items.Count : 0);
        block.IsUsed = true;
        var where = Reader(place, $"block '{block.Name}'");
        _ = BindName(entry, where);
        var input = BindFrom(entry, place, where);
        var isFrozen = place.IsFrozen || Freezes(entry, where);
        var arguments = BlockArguments.Bind(entry, nameNode, block, place.Names!, where);
        if (block.Layers is null)
        {
            result.Add(Faulty(entry, place));
            return;
        }

        var usedAt = place.Scope is null ? place.Path : place.Scope.UsedAt;
        var inside = new EntryPlace(
            block.Path, new BlockScope(block, arguments, usedAt, place.Scope), LayerGroup.Within(place.Group, block.Name, ++groups), place.Depth, isFrozen);
        var first = values + 1;
        BindList(block.Layers, inside, input, result, allowsEmpty: false);
        log?.Expand(entry, first, values);
    }
}
