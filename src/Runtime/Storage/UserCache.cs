namespace FashionCnn.Storage;

/// <summary>Where the user's own downloads and derived files are kept.</summary>
internal static class UserCache
{
    /// <summary>A folder in the user's cache directory; it need not exist.</summary>
    /// <param name="name">The folder's name.</param>
    public static string Folder(string name)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Caches")
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache
            : Path.Combine(home, ".cache");
        return Path.Combine(root, "fashioncnn", name);
    }
}
