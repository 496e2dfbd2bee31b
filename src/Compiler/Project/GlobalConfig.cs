using FashionCnn.Compiler.Diagnostics;

namespace FashionCnn.Compiler.Project;

/// <summary>
/// The severities that a project gives to lints and warnings, in the files <c>.globalconfig</c> of the spec's folder and of those above it:
/// <c>dotnet_diagnostic.FCNN3001.severity = warning</c>. As in a build, errors stay errors.
/// </summary>
internal sealed class GlobalConfig
{
    /// <summary>The name of such a file.</summary>
    public const string Name = ".globalconfig";

    private const string Prefix = "dotnet_diagnostic.";
    private const string Suffix = ".severity";

    private readonly Dictionary<string, IReadOnlyList<(string Id, string Severity)>> files = [];

    /// <summary>The severity of a finding; null when it is not to be shown.</summary>
    public Severity? Of(SpecDiagnostic found) => found.Rule.Severity == Severity.Error ? Severity.Error : Chosen(found) switch
    {
        "error" => Severity.Error,
        "warning" => Severity.Warning,
        "suggestion" => Severity.Info,
        "silent" or "refactoring" or "none" => null,
        _ => found.Rule.Severity,
    };

    // The compiler ignores what files of one level disagree about.
    private string? Chosen(SpecDiagnostic found) =>
        Above(Path.GetDirectoryName(Path.GetFullPath(found.Path))!)
            .SelectMany(line => line)
            .Where(line => line.Id == found.Rule.Id)
            .Select(line => line.Severity)
            .Distinct()
            .ToList() is [var severity] ? severity : null;

    private IEnumerable<IReadOnlyList<(string Id, string Severity)>> Above(string folder)
    {
        for (var place = folder; place is not null; place = Path.GetDirectoryName(place))
        {
            if (!files.TryGetValue(place, out var lines))
            {
                files[place] = lines = Read(Path.Combine(place, Name));
            }

            yield return lines;
        }
    }

    private static IReadOnlyList<(string Id, string Severity)> Read(string file)
    {
        string[] text;
        try
        {
            text = File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The compiler's own error, when the project is built.
            return [];
        }

        var lines = new Dictionary<string, string>();
        foreach (var line in text.Select(line => line.Trim()))
        {
            // Sections are of single files, and a spec is none that the compiler parses.
            if (line.StartsWith("[", StringComparison.Ordinal))
            {
                break;
            }

            var parts = line.Split(['=', ':'], 2);
            var key = parts[0].Trim();
            if (parts.Length == 2 && key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && key.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && key.Length > Prefix.Length + Suffix.Length)
            {
                // The last one counts. A comment may stand behind it.
                lines[key.Substring(Prefix.Length, key.Length - Prefix.Length - Suffix.Length).ToUpperInvariant()] = parts[1].Split('#', ';')[0].Trim().ToLowerInvariant();
            }
        }

        return [.. lines.Select(line => (line.Key, line.Value))];
    }
}
