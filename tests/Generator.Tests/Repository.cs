using System.Runtime.CompilerServices;
using FashionCnn.Tests;

namespace FashionCnn.Generator.Tests;

/// <summary>Where things are in the source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", ".."));

    private static string Specs => Path.Combine(Root, "specs");

    /// <summary>The project's own specs.</summary>
    public static IEnumerable<string> SpecPaths => ProjectSpecs.Ids.Select(SpecPath);

    public static string SpecPath(string id) => Path.Combine(Specs, $"{id}.json");

    public static string Fixtures => Path.Combine(SourceFolder(), "fixtures");

    public static string Snapshots => Path.Combine(SourceFolder(), "_snapshots");

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
