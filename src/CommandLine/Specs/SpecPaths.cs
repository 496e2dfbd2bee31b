using System.CommandLine;

namespace FashionCnn.CommandLine;

/// <summary>The specs that a command is about: those that are named, or those that a build would take.</summary>
internal static class SpecPaths
{
    private const string Folder = "specs";

    public static Argument<string[]> Argument { get; } = new("files")
    {
        Description = "The specs, or folders with specs. Default: the folder specs, as in a build.",
        HelpName = "file",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>The paths of the specs, as they are written or in the order of their names.</summary>
    /// <param name="written">What was named on the command line; empty for what a build takes.</param>
    /// <exception cref="InputException">There are none.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> written)
    {
        if (written.Count == 0 && !Directory.Exists(Folder))
        {
            throw new InputException($"There is no folder {Folder} here. Name the specs, or run the command in the folder of their project.");
        }

        return [.. (written.Count == 0 ? [Folder] : written).SelectMany(path => Directory.Exists(path) ? In(path) : [path]).Distinct()];
    }

    // A schema is no spec: as in FashionCnn.Generator.props.
    private static List<string> In(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".schema.json", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count > 0 ? files : throw new InputException($"{folder}: there are no specs in this folder. Name the specs.");
    }
}
