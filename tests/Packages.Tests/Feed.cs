using System.Runtime.CompilerServices;
using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.Packages.Tests;

/// <summary>
/// All packages, in a folder outside the repository. Their version is one that no other feed has, and the package cache for them starts
/// empty; other packages come from the user's cache, which is not written to.
/// </summary>
public sealed class Feed : IDisposable
{
    /// <summary>The repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    private readonly Lazy<IReadOnlyDictionary<string, string>> packages;

    public Feed()
    {
        packages = new(Pack);
    }

    /// <summary>Where the programs are made.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

    /// <summary>The path of each package by its name. They are made when they are first asked for.</summary>
    public IReadOnlyDictionary<string, string> Packages => packages.Value;

    /// <summary>The version of all of them.</summary>
    public string Version => VersionOf(Path.GetDirectoryName(Packages["FashionCnn.Templates"])!);

    /// <summary>What commands on these packages are run with.</summary>
    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["NUGET_PACKAGES"] = Path.Combine(Folder, "cache"),
        ["XDG_CACHE_HOME"] = Path.Combine(Folder, "user-cache"),
    };

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Runs the <c>dotnet</c> command, which must succeed.</summary>
    public IReadOnlyList<string> Run(string folder, params string[] arguments)
    {
        var (exitCode, lines) = DotNet.Run(folder, Variables, arguments);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{string.Join('\n', lines)}");
        return lines;
    }

    // With an output folder of its own, for the one of the repository may be in use.
    private Dictionary<string, string> Pack()
    {
        var cache = DotNet.Run(Root, variables: null, "nuget", "locals", "global-packages", "--list").Lines.Single(line => line.StartsWith("global-packages: ", StringComparison.Ordinal))["global-packages: ".Length..];
        File.WriteAllText(Path.Combine(Folder, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="packages" value="feed" /></packageSources>
              <fallbackPackageFolders><add key="cache" value="{System.Security.SecurityElement.Escape(cache)}" /></fallbackPackageFolders>
            </configuration>
            """);
        var feed = Path.Combine(Folder, "feed");
        var (exitCode, lines) = DotNet.Run(Root, variables: null, ["pack", .. DotNet.Quietly, "--artifacts-path", Path.Combine(Folder, "build"), "-o", feed, "-p:VersionSuffix=test"]);
        Assert.True(exitCode == 0, string.Join('\n', lines));
        Assert.DoesNotContain(lines, line => line.Contains("warning", StringComparison.Ordinal));
        Run(Folder, "new", "install", Path.Combine(feed, $"FashionCnn.Templates.{VersionOf(feed)}.nupkg"), "--debug:custom-hive", Path.Combine(Folder, "templates"));
        return Directory.GetFiles(feed, "*.nupkg").ToDictionary(path => Path.GetFileName(path).Replace($".{VersionOf(feed)}.nupkg", string.Empty, StringComparison.Ordinal));
    }

    // One version for all: FashionCnn.Templates.0.1.0-test.nupkg.
    private static string VersionOf(string feed) =>
        Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(feed, "FashionCnn.Templates.*.nupkg")))["FashionCnn.Templates.".Length..];

    private static string Here([CallerFilePath] string path = "") => path;
}

/// <summary>The packages are made once for all tests.</summary>
[CollectionDefinition(nameof(Feed))]
public sealed class FeedTests : ICollectionFixture<Feed>;
