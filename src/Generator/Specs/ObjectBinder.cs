using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Generator.Specs;

/// <summary>The values of an object's keys, where each came from, and whether all could be had.</summary>
internal readonly record struct BoundObject(Settings Settings, EquatableArray<TextSpan> Spans, bool IsComplete);

/// <summary>Checks an object's keys against its table: every key known, none twice, every required one there.</summary>
internal static class ObjectBinder
{
    /// <param name="node">The object.</param>
    /// <param name="table">The keys whose values are read here.</param>
    /// <param name="others">Keys that are allowed beside them and read elsewhere.</param>
    /// <param name="reader">Reads and reports.</param>
    /// <param name="fallback">The token that stands for a value nobody wrote.</param>
    public static BoundObject Bind(JsonObject node, KeyTable table, IReadOnlyList<string> others, ValueReader reader, TextSpan fallback)
    {
        var values = table.Keys.Select(key => key.Default).ToArray();
        var spans = table.Keys.Select(_ => fallback).ToArray();
        var written = new HashSet<string>();
        var complete = CheckNames(node, [.. table.Keys.Select(key => key.Name), .. others], reader, out var misspelt);
        foreach (var member in node.Members)
        {
            var index = table.Keys.IndexOf(table.Keys.FirstOrDefault(key => key.Name == member.Name)!);
            if (index < 0 || !written.Add(member.Name))
            {
                continue;
            }

            var value = reader.Resolve(member.Value);
            spans[index] = value.Token;
            values[index] = value is UnknownNode ? null : table.Keys[index].Read(value, reader);
            complete &= values[index] is not null;
        }

        foreach (var key in table.Keys.Where(key => key.IsRequired && !written.Contains(key.Name)))
        {
            complete = false;
            if (!misspelt.Contains(key.Name))
            {
                reader.Report(Descriptors.MissingKey, fallback, key.Name, $"{key.Description}; {key.Expected}");
            }
        }

        return new BoundObject(new Settings(values.ToEquatableArray()), [.. spans], complete);
    }

    /// <summary>Reports unknown and repeated keys. <paramref name="misspelt"/> are the known keys that unknown ones were meant for.</summary>
    public static bool CheckNames(JsonObject node, IReadOnlyList<string> allowed, ValueReader reader, out HashSet<string> misspelt)
    {
        var valid = true;
        var seen = new HashSet<string>();
        var written = new HashSet<string>(node.Members.Select(member => member.Name));
        var candidates = allowed.Where(name => !written.Contains(name)).ToList();
        misspelt = [];
        foreach (var member in node.Members)
        {
            if (!allowed.Contains(member.Name))
            {
                var nearest = Suggestion.Nearest(member.Name, candidates);
                reader.Report(Descriptors.UnknownKey, member.NameSpan, member.Name, Suggestion.For(member.Name, candidates), Text.List(allowed));
                if (nearest is not null)
                {
                    misspelt.Add(nearest);
                }

                valid = false;
            }
            else if (!seen.Add(member.Name))
            {
                reader.Report(Descriptors.DuplicateKey, member.NameSpan, member.Name);
                valid = false;
            }
        }

        return valid;
    }
}
