using FashionCnn.Tests;

namespace FashionCnn.Packages.Tests;

/// <summary>A program that <c>dotnet new fashioncnn</c> made, outside the repository.</summary>
internal sealed class Consumer
{
    private readonly Feed feed;
    private readonly string name;

    public Consumer(Feed feed, string name)
    {
        (this.feed, this.name) = (feed, name);
        // The packages are made when they are first asked for.
        _ = feed.Packages;
        feed.Run(feed.Folder, "new", "fashioncnn", "-n", name, "--skipRestore", "--debug:custom-hive", Path.Combine(feed.Folder, "templates"));
    }

    public string Project => $"{name}.csproj";

    public string PathOf(string file) => Path.Combine(feed.Folder, name, file);

    /// <summary>Changes a file; the text must occur in it.</summary>
    public void Replace(string file, string old, string text)
    {
        var before = File.ReadAllText(PathOf(file));
        Xunit.Assert.Contains(old, before, StringComparison.Ordinal);
        File.WriteAllText(PathOf(file), before.Replace(old, text, StringComparison.Ordinal));
    }

    /// <summary>Builds it; a warning is an error.</summary>
    public (int ExitCode, IReadOnlyList<string> Lines) Build() => DotNet.Run(PathOf("."), feed.Variables, ["build", "-warnaserror", .. DotNet.Quietly]);

    /// <summary>Runs what was built; it must succeed.</summary>
    public IReadOnlyList<string> Run(string framework, params string[] arguments) => feed.Run(PathOf("."), ["--roll-forward", "Major", PathOf($"bin/Debug/{framework}/{name}.dll"), .. arguments]);

    /// <summary>Errors of a build, each once.</summary>
    public static IReadOnlyList<string> Errors(IReadOnlyList<string> lines) =>
        [.. lines.Where(line => line.Contains("error", StringComparison.Ordinal) && !line.EndsWith("Error(s)", StringComparison.Ordinal)).Select(line => line.Split(" [")[0]).Distinct()];
}
