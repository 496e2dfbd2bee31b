using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

// What entries read: the one before them, others by name, or branches of their own.
internal sealed partial class EntryBinder
{
    /// <summary>A merge with what it joins: branches, which read its input, or the layers that it names.</summary>
    private LayerSpec BindMerge(LayerSpec layer, JsonObject entry, JsonNode typeNode, EntryPlace place, ValueReader reader, int before)
    {
        if (entry.Find(Merge.BranchesKey) is null && entry.Find(FromKey) is { } from)
        {
            var sources = BindSources(from.Value, place, reader);
            IsWhole &= !sources.IsEmpty;
            return layer with { From = sources, IsComplete = layer.IsComplete && !sources.IsEmpty };
        }

        var input = BindFrom(entry, place, reader);
        var branches = BindBranches(entry, typeNode, place, input, reader);
        IsWhole &= !branches.IsEmpty;
        return layer with { Branches = branches, From = input.Id == before ? [] : [input], IsComplete = layer.IsComplete && !branches.IsEmpty };
    }

    /// <summary>What an entry reads: what it names, or else the output of the entry before it.</summary>
    private Source BindFrom(JsonObject entry, EntryPlace place, ValueReader reader)
    {
        if (entry.Find(FromKey) is not { } written)
        {
            return place.Names!.Current;
        }

        return BindSource(reader.Resolve(written.Value), place, reader, "the name of an earlier entry") ?? place.Names!.Current;
    }

    /// <summary>The layers that a merge names, two or more; none after an error.</summary>
    private EquatableArray<Source> BindSources(JsonNode written, EntryPlace place, ValueReader reader)
    {
        const string Expected = "an array of the names of two or more earlier entries";
        var value = reader.Resolve(written);
        if (value is not JsonArray list)
        {
            reader.ReportType(value, FromKey, Expected);
            return [];
        }

        if (list.Items.Count < 2)
        {
            reader.Report(Descriptors.TooFewBranches, list.Token, Text.Plural(list.Items.Count, "input"), "name another earlier entry in \"from\"");
            return [];
        }

        // Looking up names is work too.
        steps += list.Items.Count;
        if (steps > MaxSteps)
        {
            stopped = true;
            reader.Report(Descriptors.TooManySteps, list.Token, Text.Count(MaxSteps));
            return [];
        }

        var sources = list.Items.Select(item => BindSource(reader.Resolve(item), place, reader, Expected)).ToList();
        return sources.All(source => source is not null) ? [.. sources.Select(source => source!.Value)] : [];
    }

    private Source? BindSource(JsonNode value, EntryPlace place, ValueReader reader, string expected)
    {
        if (value is JsonString name)
        {
            // What a block was given is looked up where the block is used.
            var names = name is NameArgument argument ? argument.Names : place.Names!;
            if (names.Find(name.Value) is { } found)
            {
                if (log is not null && names.FindDefinition(name.Value) is { } definition)
                {
                    log.Refer(definition, name.Token);
                }

                return new Source(found, name.Value);
            }

            if (!reader.IsFull && !reader.IsRepeated(Descriptors.UnknownReference, value.Token))
            {
                var later = names.FindLater(name.Value);
                var meant = later is not null ? null : reader.IsParameter(name) ? $"${name.Value}" : Suggestion.Nearest(name.Value, names.Names);
                var hint = later is null ? Suggestion.Hint(meant) : $"; the one of that name, {later}, does not come before.";
                reader.Report(Descriptors.UnknownReference, value.Token, Suggestion.Fix(value.Token, meant), name.Value, hint, Text.Names(names.Names.ToList()));
            }
        }
        else
        {
            reader.ReportType(value, FromKey, expected);
        }

        IsWhole = false;
        return null;
    }

    /// <summary>The branches of a merge; none after an error.</summary>
    private EquatableArray<EquatableArray<LayerSpec>> BindBranches(JsonObject entry, JsonNode typeNode, EntryPlace place, Source input, ValueReader reader)
    {
        if (entry.Find(Merge.BranchesKey)?.Value is not { } written)
        {
            // A misspelled key has been reported.
            if (entry.Members.All(member => Suggestion.Nearest(member.Name, [Merge.BranchesKey, FromKey]) is null))
            {
                reader.Report(Descriptors.MissingKey, typeNode.Token, Merge.BranchesKey, "two or more lists of layers, such as [[...], []], or in their place \"from\" with the names of two or more earlier entries");
            }

            return [];
        }

        if (written is not JsonArray list)
        {
            reader.ReportType(written, Merge.BranchesKey, "an array of two or more lists of layers");
            return [];
        }

        if (list.Items.Count < 2)
        {
            reader.Report(Descriptors.TooFewBranches, list.Token, Text.Plural(list.Items.Count, "branch", "branches"), "an empty branch, [], is the input itself");
            return [];
        }

        var branches = new List<EquatableArray<LayerSpec>>();
        for (var i = 0; i < list.Items.Count && !IsStopped; i++)
        {
            var branch = new LayerChain(input.Id);
            BindList(list.Items[i], place with { Path = $"{place.Path}.{Merge.BranchesKey}[{i}]" }, input, branch, allowsEmpty: true);
            branches.Add(branch.Layers.ToEquatableArray());
        }

        return branches.ToEquatableArray();
    }
}
