using System.Text.RegularExpressions;

namespace FashionCnn.Native;

/// <summary>Turns what the system's loader says of a library into a message with what to do.</summary>
internal static partial class LoaderFault
{
    /// <summary>Whether the loader refused a library for want of this version of another one.</summary>
    public static bool IsMissing(string version, string words) => MissingVersion().Match(words) is { Success: true } match && match.Groups["version"].Value == version;

    /// <summary>What is wrong with the library, and what to do.</summary>
    /// <param name="path">The library that was to be loaded.</param>
    /// <param name="words">What the loader said, as .NET passes it on.</param>
    public static string Explain(string path, string words)
    {
        if (MissingVersion().Match(words) is { Success: true } version)
        {
            return $"{version.Groups["by"].Value} needs {version.Groups["version"].Value} of {version.Groups["library"].Value}, but this system's version is too old. "
                + "Use a newer distribution, or install a newer version of that library.";
        }

        if (MissingLibrary().Match(words) is { Success: true } library)
        {
            var name = library.Groups["library"].Value;
            return OfTorch().IsMatch(name)
                ? $"{path} needs {name}, which belongs beside it and is missing. Build again, so that it is restored."
                : $"{path} needs {name}, which is not installed. Install the package that has it (on Debian and Ubuntu: apt-file search {name}).";
        }

        return Damage().IsMatch(words)
            ? Damaged(path)
            : $"{path}: {LastLine(words)}. It was found, but this system's loader refuses it; look up that message for this distribution.";
    }

    /// <summary>That the file is damaged, and what to do.</summary>
    public static string Damaged(string path)
    {
        // Building again links the same file again, unless the package is downloaded again.
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        return $"{file} is not a library for this system, or is damaged. Delete it, with its package's folder if it is in the package cache, and build again, so that it is restored.";
    }

    private static string LastLine(string words) => words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1].TrimEnd('.');

    [GeneratedRegex(@"(?<library>[^\s:]+): version [`'](?<version>[^']+)' not found \(required by (?<by>[^)]+)\)")]
    private static partial Regex MissingVersion();

    [GeneratedRegex(@"(?<library>\S+\.so[.\d]*): cannot open shared object file: No such file or directory")]
    private static partial Regex MissingLibrary();

    // Torch brings its own copies of some libraries, with a hash in their names.
    [GeneratedRegex(@"^lib(torch|c10|.*-[0-9a-f]{8}\.so)")]
    private static partial Regex OfTorch();

    [GeneratedRegex("invalid ELF header|file too short|wrong ELF class|cannot read file data|ELF load command|not a dynamic")]
    private static partial Regex Damage();
}
