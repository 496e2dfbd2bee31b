using System.Runtime.CompilerServices;
using FashionCnn.Tests;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>Where things are in the source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", ".."));

    /// <summary>The project's own specs.</summary>
    public static IEnumerable<string> SpecPaths => ProjectSpecs.Ids.Select(id => Path.Combine(Root, "specs", $"{id}.json"));

    /// <summary>The specs that the generator's tests compile.</summary>
    /// <param name="kind"><c>valid</c> or <c>invalid</c>.</param>
    public static IReadOnlyList<string> Fixtures(string kind) =>
        [.. Directory.GetFiles(Path.Combine(Root, "tests", "Generator.Tests", "fixtures", kind), "*.json").Order(StringComparer.Ordinal)];

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
