using System.Runtime.CompilerServices;
using FashionCnn.Tests;

namespace FashionCnn.Compiler.Tests;

/// <summary>Where things are in the source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", ".."));

    public static string Sources => Path.Combine(Root, "src", "Compiler");

    /// <summary>The project's own specs.</summary>
    public static IEnumerable<string> SpecPaths => ProjectSpecs.Ids.Select(SpecPath);

    public static string SpecPath(string id) => Path.Combine(Root, "specs", $"{id}.json");

    /// <summary>The specs that the generator's tests compile, valid and not.</summary>
    public static string Fixtures => Path.Combine(Root, "tests", "Generator.Tests", "fixtures");

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
