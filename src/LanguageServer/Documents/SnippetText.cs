using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.LanguageServer.Documents;

/// <summary>Snippets in the protocol's syntax: <c>$1</c> and <c>${2:32}</c> are the places to fill in.</summary>
internal static class SnippetText
{
    /// <summary>What follows <c>"type": </c>: the type, and the keys without which it is not complete.</summary>
    /// <param name="kind">The layer's kind.</param>
    /// <param name="entry">The entry as it is; null for a new one.</param>
    public static string OfType(LayerKind kind, JsonObject? entry)
    {
        var place = 1;
        var keys = kind.Table.Keys.Where(key => key.IsRequired && entry?.Find(key.Name) is null).Select(key => $", {JsonText.Quote(key.Name)}: {ValueOf(key, place++)}").ToList();
        if (kind.JoinsBranches && entry?.Find(Merge.BranchesKey) is null && entry?.Find("from") is null)
        {
            keys.Add($", {JsonText.Quote(Merge.BranchesKey)}: [[$1], []]");
        }

        return JsonText.Quote(kind.Type) + string.Concat(keys);
    }

    /// <summary>The same for an optimizer and the like.</summary>
    public static string OfType(TypedObject kind, JsonObject? written)
    {
        var place = 1;
        return JsonText.Quote(kind.Type) + string.Concat(kind.Table.Keys.Where(key => key.IsRequired && written?.Find(key.Name) is null).Select(key => $", {JsonText.Quote(key.Name)}: {ValueOf(key, place++)}"));
    }

    /// <summary>A value that the key takes: its default, or else one that is common.</summary>
    public static string ValueOf(Key key, int place)
    {
        var value = key.Default is { } known ? key.Format(known) : Common(key);
        return value is ['"', .., '"'] ? $"\"${{{place}:{Escaped(value[1..^1])}}}\"" : $"${{{place}:{Escaped(value)}}}";
    }

    /// <summary>Text in which nothing is a place to fill in.</summary>
    public static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal).Replace("}", "\\}", StringComparison.Ordinal);

    /// <summary>A snippet as a client without snippets inserts it.</summary>
    public static string Plain(string snippet)
    {
        var text = System.Text.RegularExpressions.Regex.Replace(snippet, @"(?<!\\)\$(?:\d+|\{\d+:((?:[^\\}]|\\.)*)\})", "$1");
        return System.Text.RegularExpressions.Regex.Replace(text, @"\\([\\$}])", "$1");
    }

    private static string Common(Key key) => key switch
    {
        { Values: [var first, ..] } => first,
        { Objects: [var kind, ..] } => $"{{ \"type\": {JsonText.Quote(kind.Type)} }}",
        IntegerKey integer => $"{Math.Clamp(32, integer.Minimum, integer.Maximum)}",
        NumberKey { Range: var range } => range.Contains(0.5) ? "0.5" : range.Contains(1) ? "1" : "0",
        SizeKey size => $"{Math.Clamp(3, size.Minimum, size.Maximum)}",
        TargetShapeKey => "[-1]",
        AxesKey => "[3]",
        MarginsKey => "1",
        IntervalKey => "[0, 1]",
        NumberListKey => "[1]",
        _ => "0",
    };
}
