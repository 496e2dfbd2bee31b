using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FashionCnn.Storage;

namespace FashionCnn.Native;

/// <summary>Loads a library from a copy in which the need for one version is weak. The library itself is never changed.</summary>
internal static class WeakenedCopy
{
    /// <summary>Loads the copy; zero when the library does not have the need, so that a copy would change nothing.</summary>
    /// <param name="library">The library's file.</param>
    /// <param name="version">The version that it names without using it.</param>
    /// <param name="cache">Where the copy is kept for the next program. When that cannot be, a temporary one is loaded.</param>
    /// <exception cref="NativeLibraryException">The copy can be written nowhere, or cannot be loaded either.</exception>
    public static nint Load(string library, string version, string cache)
    {
        if (Weaken(library, version) is not { } content)
        {
            return 0;
        }

        // Named by its content: programs with different versions of the library, and two that start together, do not clash.
        var name = $"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}-{Path.GetFileName(library)}";
        if (TryLoad(cache, name, content, out var handle, out var fault))
        {
            return handle;
        }

        DirectoryInfo temporary;
        try
        {
            // The directory for temporary files is everybody's; this folder is this user's alone.
            temporary = Directory.CreateTempSubdirectory("fashioncnn-");
        }
        catch (Exception exception) when (IsFileFault(exception))
        {
            throw Failure(library, version, cache, fault, exception);
        }

        try
        {
            return TryLoad(temporary.FullName, name, content, out handle, out var second) ? handle : throw Failure(library, version, cache, fault, second);
        }
        finally
        {
            // What is loaded stays in memory.
            temporary.Delete(recursive: true);
        }
    }

    private static bool TryLoad(string folder, string name, byte[] content, out nint handle, out Exception fault)
    {
        var copy = Path.Combine(folder, name);
        try
        {
            if (!File.Exists(copy) || !File.ReadAllBytes(copy).AsSpan().SequenceEqual(content))
            {
                Directory.CreateDirectory(folder);
                AtomicFile.Write(copy, stream => stream.Write(content));
            }

            handle = NativeLibrary.Load(copy);
            fault = null!;
            return true;
        }
        catch (Exception exception) when (IsFileFault(exception) || exception is DllNotFoundException)
        {
            handle = 0;
            fault = exception;
            return false;
        }
    }

    private static bool IsFileFault(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private static NativeLibraryException Failure(string library, string version, string cache, Exception inCache, Exception inTemporary) => inTemporary is DllNotFoundException
        ? new($"Torch's native library cannot be loaded: {LoaderFault.Explain(library, inTemporary.Message)}", inTemporary)
        : new(
            $"Torch's native library cannot be loaded: {library} requires {version}, which this system lacks, and a copy without that requirement could be saved "
            + $"neither in {cache} ({inCache.Message}) nor in {Path.GetTempPath()} ({inTemporary.Message}). Make one of them writable, or set XDG_CACHE_HOME to a folder that is.",
            inTemporary);

    private static byte[]? Weaken(string library, string version)
    {
        try
        {
            return ElfVersionNeeds.Weaken(File.ReadAllBytes(library), version);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
