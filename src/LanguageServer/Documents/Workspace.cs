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
    // What was compiled of each folder's files, and whether that is what the folder has now.
    private readonly Dictionary<string, IReadOnlyList<SavedSpec>> folders = [];
    private readonly HashSet<string> current = [];
    private GlobalConfig config = new();

    public IReadOnlyCollection<SpecDocument> Documents => documents.Values;

    public SpecDocument? Find(string uri) => documents.GetValueOrDefault(uri);

    public void Put(SpecDocument document) => documents[document.Uri] = document;

    public void Remove(string uri) => documents.Remove(uri);

    /// <summary>Files may have changed: what is known of them is looked up again when it is needed.</summary>
    public void Refresh()
    {
        current.Clear();
        config = new GlobalConfig();
        foreach (var folder in folders.Keys.Except(documents.Values.Select(document => FolderOf(document.Path)).OfType<string>()).ToList())
        {
            folders.Remove(folder);
        }
    }

    /// <summary>What a build would say about an open document.</summary>
    public IReadOnlyList<SpecDiagnostic> Findings(SpecDocument document) =>
        [.. ProjectSpecs.Findings(document.Analysis.Spec, Conflicts(document), config).OrderBy(found => found.Span.Start)];

    /// <summary>The folder whose specs are of one project with a file; null for none.</summary>
    public static string? FolderOf(string path)
    {
        // An address may hold what no file system takes.
        string? innermost = null;
        for (var folder = path.Contains('\0') ? null : Path.GetDirectoryName(path); folder is { Length: > 0 }; folder = Path.GetDirectoryName(folder))
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

        // One file may be open under two spellings of its address.
        var open = documents.Values.Where(other => FolderOf(other.Path) == folder).OrderBy(other => other != document).DistinctBy(other => other.Path).ToList();
        var paths = open.Select(other => other.Path).ToHashSet();
        CompiledSpec[] specs = [.. open.Select(other => other.Analysis.Spec), .. Saved(folder).Where(spec => !paths.Contains(spec.Path))];
        return SpecCompiler.Conflicts(specs, Path.GetDirectoryName(folder) ?? string.Empty);
    }

    private IEnumerable<CompiledSpec> Saved(string folder)
    {
        if (current.Add(folder))
        {
            var known = folders.GetValueOrDefault(folder, []).ToDictionary(spec => spec.Spec.Path);
            try
            {
                folders[folder] = [.. ProjectSpecs.In(folder).Select(path => Compile(path, known.GetValueOrDefault(path))).OfType<SavedSpec>()];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                folders[folder] = [];
            }
        }

        return folders[folder].Select(saved => saved.Spec);
    }

    private static SavedSpec? Compile(string path, SavedSpec? known)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length > LargestFile)
        {
            return null;
        }

        if (known is not null && known.Written == file.LastWriteTimeUtc && known.Length == file.Length)
        {
            return known;
        }

        try
        {
            return new SavedSpec(file.LastWriteTimeUtc, file.Length, SpecCompiler.Compile(path, File.ReadAllText(path)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The others still count.
            return null;
        }
    }

    /// <summary>A file as it was when it was compiled.</summary>
    private sealed record SavedSpec(DateTime Written, long Length, CompiledSpec Spec);
}
