using System.Runtime.CompilerServices;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Where the files of the repository are.</summary>
internal static class Repository
{
    public static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    private static string Here([CallerFilePath] string path = "") => path;
}
