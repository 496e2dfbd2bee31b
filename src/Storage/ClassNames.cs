namespace FashionCnn.Storage;

/// <summary>The names of classes in a file: one a line, in the order of the class numbers.</summary>
internal static class ClassNames
{
    /// <summary>The file beside the data that holds them.</summary>
    public const string FileName = "classes.txt";

    /// <summary>The names in a folder's <see cref="FileName"/>; null when it has none.</summary>
    /// <exception cref="InputException">The file cannot be used.</exception>
    public static IReadOnlyList<string>? In(string folder) => Path.Combine(folder, FileName) is var path && File.Exists(path) ? Read(path) : null;

    /// <summary>The names in a file.</summary>
    /// <exception cref="InputException">The file cannot be used.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        List<string> names;
        try
        {
            names = [.. File.ReadAllLines(path).Select(line => line.Trim())];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the file cannot be read: {exception.Message}", exception);
        }

        while (names is [.., ""])
        {
            names.RemoveAt(names.Count - 1);
        }

        if (names.IndexOf(string.Empty) is >= 0 and var empty)
        {
            throw new InputException($"{path}: line {empty + 1} is empty. Write the name of class {empty} there.");
        }

        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { Key: { } twice })
        {
            throw new InputException($"{path}: the name {twice} occurs twice. Give each class a name of its own.");
        }

        return names.Count > 0 ? names : throw new InputException($"{path}: the file is empty. Write the name of each class on a line of its own, or delete the file.");
    }
}
