using System.Text.RegularExpressions;
using FashionCnn.Compiler.Keys;

namespace FashionCnn.Interchange.Structure;

/// <summary>What blocks and their entries are called.</summary>
internal static class BlockNames
{
    private const int MostInName = 3;

    // A number may follow.
    private const int Longest = Identifier.MaxLength - 10;

    /// <summary>A name for a block of these entries: what they are, or what the last one is.</summary>
    public static string For(IReadOnlyList<Entry> entries, IReadOnlySet<string> taken)
    {
        var parts = entries.Select(Word).ToList();
        var name = parts.Count <= MostInName ? string.Join("_", parts) : $"{parts.LastOrDefault(part => entries[parts.IndexOf(part)] is LayerEntry { Kind.JoinsBranches: true }) ?? parts[0]}_block";
        var unique = name;
        for (var number = 2; taken.Contains(unique); number++)
        {
            unique = $"{name}_{number}";
        }

        return unique;
    }

    /// <summary>What two names have in common at their beginning, in whole words.</summary>
    public static string CommonPart(string a, string b)
    {
        var length = 0;
        while (length < Math.Min(a.Length, b.Length) && a[length] == b[length])
        {
            length++;
        }

        return length == a.Length && length == b.Length ? a : a[..length].TrimEnd('_', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
    }

    /// <summary>A name as a spec may have it: lower-case words with single underscores between them; empty when nothing is left.</summary>
    public static string Legal(string name)
    {
#pragma warning disable CA1308 // Names in specs are lower case.
        var words = Regex.Replace(name.ToLowerInvariant(), "[^a-z0-9]+", "_").Trim('_');
#pragma warning restore CA1308
        words = words.Length > 0 && char.IsAsciiDigit(words[0]) ? $"layer_{words}" : words;
        words = words.Length > Longest ? words[..Longest].TrimEnd('_') : words;
        return Identifier.IsSnakeCase(words) ? words : string.Empty;
    }

    private static string Word(Entry entry) => entry switch
    {
        LayerEntry layer => layer.Kind.NamePrefix,
        UseEntry use => use.Block.Name,
        RepeatEntry repeat => Word(repeat.Body[0]),
        _ => "layers",
    };
}
