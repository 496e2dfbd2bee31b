using System.CommandLine;
using FashionCnn.Compiler.Project;

namespace FashionCnn.Commands;

/// <summary>The specs that a command is about: those that are named, or those that a build would take.</summary>
internal static class SpecPaths
{
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
        if (written.Count == 0 && !Directory.Exists(ProjectSpecs.Folder))
        {
            throw new InputException($"There is no folder {ProjectSpecs.Folder} here. Name the specs, or run the command in the folder of their project.");
        }

        return [.. (written.Count == 0 ? [ProjectSpecs.Folder] : written).SelectMany(path => Directory.Exists(path) ? In(path) : [path]).DistinctBy(Path.GetFullPath)];
    }

    private static IReadOnlyList<string> In(string folder) =>
        ProjectSpecs.In(folder) is { Count: > 0 } files ? files : throw new InputException($"{folder}: there are no specs in this folder. Name the specs.");
}
