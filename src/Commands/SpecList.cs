using FashionCnn.Compiler;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Project;

namespace FashionCnn.Commands;

/// <summary>A spec that can be named on the command line.</summary>
/// <param name="Id">Its model's id.</param>
/// <param name="Path">Its file.</param>
/// <param name="Text">The text of a spec that was compiled into the program; null for one that is read.</param>
internal sealed record NamedSpec(string Id, string Path, string? Text = null)
{
    /// <summary>Compiles it; a file's warnings are written, one line each.</summary>
    /// <exception cref="InputException">The file cannot be read, or the spec has errors.</exception>
    public CompiledSpec Compile(TextWriter error) => Text is null ? SpecFile.Compile(Path, error) : SpecCompiler.Compile(Path, Text);
}

/// <summary>The specs that commands know by the ids of their models; any other is named by its path.</summary>
/// <param name="specs">The specs, which are asked for when they are needed.</param>
internal sealed class SpecList(IEnumerable<NamedSpec> specs)
{
    private readonly Lazy<IReadOnlyList<NamedSpec>> known = new(() => [.. specs]);

    /// <summary>Those that a build takes in the folder where the program runs.</summary>
    public static SpecList OfProject() => new(Enumerable.Repeat(ProjectSpecs.Folder, 1).Where(Directory.Exists)
        .SelectMany(ProjectSpecs.In).Select(path => new NamedSpec(Path.GetFileNameWithoutExtension(path), path)))
    {
        Advice = $"Run the command in the folder of a project, the specs of which are in its folder {ProjectSpecs.Folder}.",
    };

    /// <summary>What to do where there are none; null where that is as it should be.</summary>
    public string? Advice { get; private init; }

    /// <summary>All of them, which are looked for when somebody begins to read.</summary>
    public IEnumerable<NamedSpec> All
    {
        get
        {
            foreach (var spec in known.Value)
            {
                yield return spec;
            }
        }
    }

    /// <summary>Their ids.</summary>
    public IEnumerable<string> Ids => All.Select(spec => spec.Id).Distinct();

    /// <summary>Whether a word is taken for the path of a spec and not for the id of a model.</summary>
    public static bool IsFile(string word) => word.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether there is one of an id.</summary>
    public bool Has(string id) => All.Any(spec => Is(spec, id));

    /// <summary>The spec of an id, or of a path.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public NamedSpec Find(string word) => All.Where(spec => Is(spec, word)).ToList() switch
    {
        [var spec] => spec,
        [var first, var second, ..] => throw new InputException($"There are two specs of '{word}': {first.Path} and {second.Path}. Give the path of one."),
        _ when IsFile(word) => new NamedSpec(Path.GetFileNameWithoutExtension(word), word),
        _ => throw new InputException($"There is no model '{word}'{Suggestion.For(word, Ids)} {(Ids.Any() ? $"Models: {string.Join(", ", Ids)}. Or give" : "Give")} the path of a spec, such as {(Path.HasExtension(word) ? "net" : word)}.json."),
    };

    private static bool Is(NamedSpec spec, string id) => string.Equals(spec.Id, id, StringComparison.OrdinalIgnoreCase);
}
