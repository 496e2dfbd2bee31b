using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FashionCnn.Storage;

namespace FashionCnn.Native;

/// <summary>
/// Makes Torch's native library load. On Linux, TorchSharp's library asks for a version of the C++ library that systems before
/// GCC 13 lack (Debian 12, Ubuntu 22.04, RHEL 9), though it uses nothing of it. Where the loader refuses it for that, a copy is
/// loaded in which this one need is weak. Elsewhere the library is loaded as it is.
/// </summary>
public static partial class NativeTorch
{
    private const string UnneededVersion = "GLIBCXX_3.4.32";
    private const string Binding = "libLibTorchSharp.so";

    // Loaded first, so that a copy of the binding in another folder finds what it depends on: the loader knows them by name then.
    private static readonly string[] Torch = ["libtorch_cpu.so", "libtorch.so"];

    /// <summary>Loads the native library, so that a failure has one clear message before TorchSharp is asked for anything.</summary>
    /// <exception cref="NativeLibraryException">It cannot be loaded.</exception>
    public static void EnsureLoaded()
    {
        // Elsewhere TorchSharp's own search does, and says what it tried.
        if (OperatingSystem.IsLinux())
        {
            Load(AppContext.BaseDirectory, SearchFolders());
        }
    }

    /// <summary>Loads Torch and the binding from the first of the folders that has them.</summary>
    internal static nint Load(string program, IEnumerable<string> folders)
    {
        var all = folders.ToList();
        foreach (var file in Torch)
        {
            _ = LoadFile(Find(all, file, program));
        }

        var binding = Find(all, Binding, program);
        return NativeLibrary.TryLoad(binding, out var handle) ? handle : LoadFile(WithoutUnneededVersion(binding) ?? binding);
    }

    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "A program that makes a generated model must find the library before TorchSharp's own search fails and copies half a gigabyte.")]
    [ModuleInitializer]
    internal static void Register()
    {
        if (OperatingSystem.IsLinux())
        {
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
        }
    }

    // Asked when the usual search has failed; zero sends TorchSharp on to its own message.
    private static nint Resolve(Assembly assembly, string name)
    {
        if (name != "LibTorchSharp")
        {
            return 0;
        }

        try
        {
            return Load(AppContext.BaseDirectory, SearchFolders());
        }
        catch (NativeLibraryException)
        {
            return 0;
        }
    }

    private static IEnumerable<string> SearchFolders() =>
        ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory);

    private static string Find(List<string> folders, string file, string program) =>
        folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
        ?? throw new NativeLibraryException(
            $"Torch's native library cannot be loaded: {file} is not among the files of the program in {program}. "
            + "Build it for this platform (dotnet build restores TorchSharp-cpu, or with -p:TorchBackend=cuda the CUDA package).");

    private static nint LoadFile(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new NativeLibraryException($"Torch's native library cannot be loaded: {Explain(path, exception.Message)}", exception);
        }
    }

    /// <summary>What the system's loader said, as one sentence with what to do.</summary>
    internal static string Explain(string path, string message)
    {
        if (MissingVersion().Match(message) is { Success: true } version)
        {
            return $"{version.Groups["by"].Value} needs {version.Groups["version"].Value} of {version.Groups["library"].Value}, which this system's is too old for. "
                + "Use a newer distribution, or install a newer version of that library.";
        }

        if (MissingLibrary().Match(message) is { Success: true } library)
        {
            return $"{path} needs {library.Groups["library"].Value}, which is not installed. Install the package that has it (on Debian and Ubuntu: apt-file search {library.Groups["library"].Value}).";
        }

        return $"{path} is no library for this system, or a damaged one. Delete it and build again, so that it is restored.";
    }

    /// <summary>The path of a copy that the loader accepts; null when the file is not of the kind that this mends.</summary>
    private static string? WithoutUnneededVersion(string path)
    {
        byte[]? weakened;
        try
        {
            weakened = ElfVersionNeeds.Weaken(File.ReadAllBytes(path), UnneededVersion);
        }
        catch (InvalidDataException)
        {
            return null;
        }

        if (weakened is null)
        {
            return null;
        }

        // Named by its content: programs with different versions of the library, and two that start together, do not clash.
        var name = $"{Convert.ToHexStringLower(SHA256.HashData(weakened))[..16]}-{Binding}";
        foreach (var folder in new[] { UserCache.Folder("native"), Path.Combine(Path.GetTempPath(), $"fashioncnn-{Environment.UserName}", "native") })
        {
            try
            {
                var copy = Path.Combine(folder, name);
                if (!File.Exists(copy) || new FileInfo(copy).Length != weakened.Length)
                {
                    Directory.CreateDirectory(folder);
                    AtomicFile.Write(copy, stream => stream.Write(weakened));
                }

                return copy;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The next folder may be writable.
            }
        }

        return null;
    }

    [GeneratedRegex(@"(?<library>[^\s:]+): version [`'](?<version>[^']+)' not found \(required by (?<by>[^)]+)\)")]
    private static partial Regex MissingVersion();

    [GeneratedRegex(@"(?<library>\S+\.so[.\d]*): cannot open shared object file: No such file or directory")]
    private static partial Regex MissingLibrary();
}
