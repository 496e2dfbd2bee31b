using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Project;

/// <summary>The specs of a project together: which files they are, and all that a build says about them.</summary>
internal static class ProjectSpecs
{
    /// <summary>The folder whose JSON files a build takes, as FashionCnn.Generator.props says.</summary>
    public const string Folder = "specs";

    // A schema is no spec.
    private const string SchemaEnd = ".schema.json";

    /// <summary>The specs in a folder and those below it, in the order of their names.</summary>
    public static IReadOnlyList<string> In(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Where(IsSpec)
            .OrderBy(file => file, StringComparer.Ordinal),
    ];

    /// <summary>A JSON file is a spec, not the schema of specs.</summary>
    public static bool IsSpec(string path) => !path.EndsWith(SchemaEnd, StringComparison.OrdinalIgnoreCase);

    /// <summary>What a build would say about a spec, with the severities that it would give.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="conflicts">What is wrong with the project's specs together.</param>
    /// <param name="config">The severities.</param>
    public static IEnumerable<SpecDiagnostic> Findings(CompiledSpec spec, EquatableArray<SpecDiagnostic> conflicts, GlobalConfig config) =>
        spec.Diagnostics.Concat(conflicts.Where(conflict => conflict.Path == spec.Path))
            .Select(found => (Found: found, Severity: config.Of(found)))
            .Where(found => found.Severity is not null)
            .Select(found => found.Found with { Rule = found.Found.Rule with { Severity = found.Severity!.Value } });
}
