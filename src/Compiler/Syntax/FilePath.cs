namespace FashionCnn.Compiler.Syntax;

/// <summary>Paths as messages write them.</summary>
internal static class FilePath
{
    /// <summary>The way from a folder to a file, with slashes: <c>specs/net.json</c>, <c>../common/net.json</c>. Nothing is looked up.</summary>
    /// <param name="folder">An absolute path; empty when it is not known, for which the file stays as it is.</param>
    /// <param name="file">The file.</param>
    public static string From(string folder, string file)
    {
        var steps = Parts(folder);
        var path = Parts(file);
        var common = 0;
        while (common < steps.Count && common < path.Count - 1 && string.Equals(steps[common], path[common], StringComparison.OrdinalIgnoreCase))
        {
            common++;
        }

        // Without a common folder beyond the root the full path is plainer.
        return common == 0 || IsRelative(file) ? Plain(file)
            : string.Join("/", Enumerable.Repeat("..", steps.Count - common).Concat(path.Skip(common)));
    }

    /// <summary>The one way to write a path: with slashes, and without steps that lead back.</summary>
    public static string Plain(string path) => (path.Length > 0 && path[0] is '/' or '\\' ? "/" : string.Empty) + string.Join("/", Parts(path));

    private static bool IsRelative(string path) => path.Length > 0 && path[0] is not ('/' or '\\') && !(path.Length > 1 && path[1] == ':');

    private static List<string> Parts(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0 && parts[parts.Count - 1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return parts;
    }
}
