using System.Text.RegularExpressions;

namespace FashionCnn.Compiler.Diagnostics;

/// <summary>What docs/diagnostics.md says of each diagnostic. The library carries the page; a test finds a section in it for every id.</summary>
public static class Explanations
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Sections = new(() =>
        Regex.Split(Page().Replace("\r\n", "\n"), "^## (?=FCNN)", RegexOptions.Multiline).Skip(1).ToDictionary(section => section.Substring(0, 8), Plain));

    /// <summary>All ids, in ascending order.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. Descriptors.All.Select(rule => rule.Id).OrderBy(id => id, StringComparer.Ordinal)];

    /// <summary>The section of a diagnostic as plain text, without its heading; null when there is no such id.</summary>
    /// <param name="id">Such as <c>FCNN2003</c>.</param>
    public static string? Of(string id) => Sections.Value.TryGetValue(id, out var section) ? section : null;

    private static string Page()
    {
        using var stream = typeof(Explanations).Assembly.GetManifestResourceStream("FashionCnn.Compiler.Diagnostics.diagnostics.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    // Code is set in; bold text and the marks of code in a line are left as their words.
    private static string Plain(string section)
    {
        var inCode = false;
        var lines = new List<string>();
        foreach (var line in section.Substring(8).Trim('\n').Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inCode = !inCode;
            }
            else
            {
                lines.Add(inCode ? $"    {line}" : line.Replace("**", string.Empty));
            }
        }

        return string.Join("\n", lines);
    }
}
