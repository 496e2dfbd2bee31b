namespace FashionCnn.Commands;

/// <summary>Finds out before any work whether its results can be written.</summary>
internal static class OutputPlace
{
    /// <summary>Checks that a folder can be made or takes files; it is not made.</summary>
    /// <param name="option">The option that names it; null when nobody chose it.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InputException">It cannot.</exception>
    public static void CheckFolder(string? option, string folder)
    {
        var what = option is null ? folder : $"{option} {folder}";
        var place = Path.GetFullPath(folder);
        while (!Path.Exists(place))
        {
            // On Windows, the drive or the share may not be there.
            place = Path.GetDirectoryName(place) ?? throw new InputException($"{what}: there is no {place}. Choose another folder.");
        }

        if (!Directory.Exists(place))
        {
            throw new InputException($"{what}: {place} is a file, not a folder. Choose another folder.");
        }

        if (Obstacle(place) is { } obstacle)
        {
            throw new InputException($"{what}: {obstacle}. {(option is null ? "Run the program in another folder." : "Choose another folder.")}");
        }
    }

    /// <summary>Checks that a file can be written.</summary>
    /// <param name="option">The option that names it; null when nobody chose it.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="InputException">It cannot.</exception>
    public static void CheckFile(string? option, string file)
    {
        var what = option is null ? file : $"{option} {file}";
        if (Directory.Exists(file))
        {
            throw new InputException($"{what}: this is a folder. Give the name of a file in it.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (!Directory.Exists(folder))
        {
            throw new InputException($"{what}: there is no folder {folder}. Create it, or choose another file.");
        }

        // A device or a pipe is written into.
        if (!File.Exists(file) && Obstacle(folder) is { } obstacle)
        {
            throw new InputException($"{what}: {obstacle}. Choose another file.");
        }
    }

    /// <summary>Whether two paths lead to one file, links followed.</summary>
    public static bool IsSame(string first, string second)
    {
        return string.Equals(Target(first), Target(second), StringComparison.Ordinal);

        static string Target(string path) => File.Exists(path) && File.ResolveLinkTarget(Path.GetFullPath(path), returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);
    }

    private static string? Obstacle(string folder)
    {
        try
        {
            using var probe = new FileStream(Path.Combine(folder, $".fashioncnn-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // .NET's words name the probe, which nobody asked for.
            return $"cannot write to {folder} ({(exception is IOException and not (DirectoryNotFoundException or FileNotFoundException) ? exception.Message.Split(" : '")[0] : "the system does not permit it")})";
        }
    }
}
