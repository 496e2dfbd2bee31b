using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>The values of an object's keys, where each came from, and whether all could be had.</summary>
internal readonly record struct BoundObject(Settings Settings, EquatableArray<TextSpan> Spans, bool IsComplete);

/// <summary>Checks an object's keys against its table: every key known, none twice, every required one there.</summary>
internal static class ObjectBinder
{
    /// <param name="node">The object.</param>
    /// <param name="table">The keys whose values are read here.</param>
    /// <param name="others">Other keys that are allowed, and read elsewhere.</param>
    /// <param name="reader">Reads and reports.</param>
    /// <param name="fallback">The token to report for a value that is not written.</param>
    /// <param name="elsewhere">Where a key belongs that is unknown here.</param>
    public static BoundObject Bind(
        JsonObject node, KeyTable table, IReadOnlyList<string> others, ValueReader reader, TextSpan fallback, Func<string, Elsewhere?>? elsewhere = null)
    {
        var values = table.Defaults.ToArray();
        var spans = new TextSpan[values.Length];
        var written = new bool[values.Length];
        for (var i = 0; i < spans.Length; i++)
        {
            spans[i] = fallback;
        }

        var complete = CheckNames(node, table, others, reader, elsewhere, out var misspelled);
        foreach (var member in node.Members)
        {
            var index = table.IndexOf(member.Name);
            if (index < 0 || written[index])
            {
                continue;
            }

            written[index] = true;
            var value = reader.Resolve(member.Value);
            spans[index] = value.Token;
            values[index] = value is UnknownNode ? null : table.Keys[index].Read(value, reader);
            complete &= values[index] is not null;
        }

        for (var i = 0; i < written.Length; i++)
        {
            var key = table.Keys[i];
            if (!key.IsRequired || written[i])
            {
                continue;
            }

            complete = false;
            if (!misspelled.Contains(key.Name))
            {
                reader.Report(Descriptors.MissingKey, fallback, key.Name, $"{key.Description}; {key.Expected}");
            }
        }

        return new BoundObject(new Settings(new EquatableArray<object?>(values)), new EquatableArray<TextSpan>(spans), complete);
    }

    /// <summary>Reports unknown and repeated keys. <paramref name="misspelled"/> are the known keys that unknown ones were meant for.</summary>
    public static bool CheckNames(JsonObject node, IReadOnlyList<string> allowed, ValueReader reader, out IReadOnlyCollection<string> misspelled) =>
        CheckNames(node, KeyTable.Empty, allowed, reader, elsewhere: null, out misspelled);

    private static bool CheckNames(
        JsonObject node, KeyTable table, IReadOnlyList<string> others, ValueReader reader, Func<string, Elsewhere?>? elsewhere, out IReadOnlyCollection<string> misspelled)
    {
        if (AreAllKnown(node, table, others))
        {
            misspelled = [];
            return true;
        }

        var valid = true;
        string[] allowed = [.. table.Keys.Select(key => key.Name), .. others];
        var written = new HashSet<string>(node.Members.Select(member => member.Name));
        var candidates = allowed.Where(name => !written.Contains(name)).ToList();
        var seen = new HashSet<string>();
        var meant = new List<string>();
        foreach (var member in node.Members)
        {
            if (!allowed.Contains(member.Name))
            {
                var nearest = Suggestion.Nearest(member.Name, candidates);
                var (hint, fix) = nearest is null && elsewhere is not null
                    ? Elsewhere(node, member, elsewhere)
                    : (Suggestion.Hint(nearest), Suggestion.Fix(member.NameSpan, nearest));
                reader.Report(Descriptors.UnknownKey, member.NameSpan, fix, member.Name, hint, Text.List(allowed));
                if (nearest is not null)
                {
                    meant.Add(nearest);
                }

                valid = false;
            }
            else if (!seen.Add(member.Name))
            {
                reader.Report(Descriptors.DuplicateKey, member.NameSpan, member.Name);
                valid = false;
            }
        }

        misspelled = meant;
        return valid;
    }

    /// <summary>Every key is allowed and is there once: nearly always, so that nothing is allocated to find it out.</summary>
    private static bool AreAllKnown(JsonObject node, KeyTable table, IReadOnlyList<string> others)
    {
        var members = node.Members;
        if (members.Count > table.Keys.Count + others.Count)
        {
            return false;
        }

        for (var i = 0; i < members.Count; i++)
        {
            if (table.IndexOf(members[i].Name) < 0 && !others.Contains(members[i].Name))
            {
                return false;
            }

            for (var j = 0; j < i; j++)
            {
                if (members[j].Name == members[i].Name)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static (string Hint, SpecFix? Fix) Elsewhere(JsonObject node, JsonMember member, Func<string, Elsewhere?> find)
    {
        if (find(member.Name) is { } place)
        {
            return ($"; it belongs in \"{place.Section}\".", Move(node, member, member.Name, place));
        }

        var (other, found) = Suggestion.OtherNamesOf(member.Name).Select(other => (other, find(other))).FirstOrDefault(pair => pair.Item2 is not null);
        return found is { } there ? ($"; did you mean '{other}'? It belongs in \"{there.Section}\".", Move(node, member, other, there)) : (".", null);
    }

    /// <summary>Moves a member to the section that it belongs in, which may have to be made.</summary>
    private static SpecFix? Move(JsonObject node, JsonMember member, string name, Elsewhere place)
    {
        var title = $"Move to \"{place.Section}\" as '{name}'";
        return node.Find(place.Section)?.Value switch
        {
            JsonObject section when section.Find(name) is null && place.Fits(section) => new SpecFix(title, [SpecEdit.Remove(node, member), SpecEdit.Add(section, name, JsonText.Write(member.Value))]),
            null => new SpecFix(title,
            [
                new SpecEdit(member.NameSpan, $"{JsonText.Quote(place.Section)}: {{ {(place.Types.IsEmpty ? string.Empty : $"\"type\": {JsonText.Quote(place.Types[0])}, ")}{JsonText.Quote(name)}"),
                SpecEdit.Insert(member.Value.Span.End, " }"),
            ]),
            _ => null,
        };
    }
}

/// <summary>Where a key belongs that is unknown where it stands.</summary>
/// <param name="Section">The key of the object beside it.</param>
/// <param name="Types">The types of such an object that have the key; none for an object without types.</param>
/// <param name="Others">The types that do not.</param>
internal readonly record struct Elsewhere(string Section, EquatableArray<string> Types, EquatableArray<string> Others)
{
    /// <summary>The object may have the key: its type is none of those that do not.</summary>
    public bool Fits(JsonObject section) => section.Find("type")?.Value is not JsonString type || !Others.Contains(type.Value);
}
