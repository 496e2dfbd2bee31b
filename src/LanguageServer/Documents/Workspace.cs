using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Project;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.LanguageServer.Documents;

/// <summary>The open documents, and of their projects what a build would look at besides them.</summary>
internal sealed class Workspace
{
    // The compiler's limit is 2^20 characters, of three bytes at most.
    private const long LargestFile = 3 << 20;

    private readonly Dictionary<string, SpecDocument> documents = [];
    private readonly Dictionary<string, (DateTime Written, long Length, CompiledSpec Spec)> saved = [];
    private readonly Dictionary<string, IReadOnlyList<CompiledSpec>> folders = [];
    private GlobalConfig config = new();

    public IReadOnlyCollection<SpecDocument> Documents => documents.Values;

    public SpecDocument? Find(string uri) => documents.GetValueOrDefault(uri);

    public void Put(SpecDocument document) => documents[document.Uri] = document;

    public void Remove(string uri) => documents.Remove(uri);

    /// <summary>Files may have changed: what is known of them is looked up again when it is needed.</summary>
    public void Refresh()
    {
        folders.Clear();
        config = new GlobalConfig();
    }

    /// <summary>What a build would say about an open document.</summary>
    public IReadOnlyList<SpecDiagnostic> Findings(SpecDocument document) =>
        [.. ProjectSpecs.Findings(document.Analysis.Spec, Conflicts(document), config).OrderBy(found => found.Span.Start)];

    /// <summary>The folder whose specs are of one project with a file; null for none.</summary>
    public static string? FolderOf(string path)
    {
        string? innermost = null;
        for (var folder = Path.GetDirectoryName(path); folder is { Length: > 0 }; folder = Path.GetDirectoryName(folder))
        {
            if (Path.GetFileName(folder) != ProjectSpecs.Folder)
            {
                continue;
            }

            // Folders below the project's may have the name too.
            if (HasProject(Path.GetDirectoryName(folder)!))
            {
                return folder;
            }

            innermost ??= folder;
        }

        return innermost;
    }

    private static bool HasProject(string folder)
    {
        try
        {
            return Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.csproj").Any();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private EquatableArray<SpecDiagnostic> Conflicts(SpecDocument document)
    {
        if (FolderOf(document.Path) is not { } folder)
        {
            return [];
        }

        var open = documents.Values.Where(other => FolderOf(other.Path) == folder).ToList();
        var paths = open.Select(other => other.Path).ToHashSet();
        CompiledSpec[] specs = [.. open.Select(other => other.Analysis.Spec), .. Saved(folder).Where(spec => !paths.Contains(spec.Path))];
        return SpecCompiler.Conflicts(specs, Path.GetDirectoryName(folder) ?? string.Empty);
    }

    private IReadOnlyList<CompiledSpec> Saved(string folder)
    {
        if (!folders.TryGetValue(folder, out var specs))
        {
            try
            {
                specs = [.. ProjectSpecs.In(folder).Select(Compile).OfType<CompiledSpec>()];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                specs = [];
            }

            folders.Add(folder, specs);
        }

        return specs;
    }

    private CompiledSpec? Compile(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > LargestFile)
        {
            return null;
        }

        if (saved.TryGetValue(path, out var known) && known.Written == file.LastWriteTimeUtc && known.Length == file.Length)
        {
            return known.Spec;
        }

        CompiledSpec spec;
        try
        {
            spec = SpecCompiler.Compile(path, File.ReadAllText(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The others still count.
            return null;
        }

        saved[path] = (file.LastWriteTimeUtc, file.Length, spec);
        return spec;
    }
}
