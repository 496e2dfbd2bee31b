using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using FashionCnn.Storage;
using TorchSharp;

namespace FashionCnn.Native;

/// <summary>
/// Makes Torch's native library load. On Linux, TorchSharp's library asks for a version of the C++ library that systems before
/// GCC 13 lack (Debian 12, Ubuntu 22.04, RHEL 9), though it uses nothing of it. Where the loader refuses it for that, a copy is
/// loaded in which this one need is weak. Elsewhere the library is loaded as it is. Loading also corrects what oneDNN, a part of Torch, takes a
/// processor's caches for (<see cref="ProcessorCaches"/>), and on Linux turns NNPACK off (<see cref="NnPack"/>).
/// </summary>
public static class NativeTorch
{
    private const string UnneededVersion = "GLIBCXX_3.4.32";
    private const string Binding = "libLibTorchSharp.so";

    // Loaded first, so that a copy of the binding in another folder finds what it depends on: the loader knows them by name then.
    private static readonly string[] Torch = ["libtorch_cpu.so", "libtorch.so"];

    private static readonly string[] DependencyPatterns = ["libtorch*.so*", "libc10*.so*", "libgomp*.so*"];

    private static readonly Lazy<nint> Handle = new(() => Load(AppContext.BaseDirectory, SearchFolders(), UserCache.Folder("native"), ProcessorCaches.Mend));

    private static int registered;

    /// <summary>Loads the native library, so that a failure has one clear message before TorchSharp is asked for anything.</summary>
    /// <exception cref="NativeLibraryException">It cannot be loaded; or the processor hides its caches, and Torch was used before that could be corrected.</exception>
    public static void EnsureLoaded()
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Handle.Value;
            return;
        }

        ProcessorCaches.Mend.Prepare(library: null);
        try
        {
            // Elsewhere TorchSharp's own search does.
            _ = torch.get_num_threads();
        }
        catch (Exception exception) when (exception is TypeInitializationException or NotSupportedException or DllNotFoundException)
        {
            throw new NativeLibraryException($"Torch's native library cannot be loaded: {exception.GetBaseException().Message}", exception);
        }
    }

    /// <summary>
    /// Lets TorchSharp find the library at its first use, however early. The generated catalog calls it when the program's assembly
    /// starts, since a program may use TorchSharp before anything of this one.
    /// </summary>
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "TorchSharp's own search fails on older systems, and then copies half a gigabyte.")]
    [ModuleInitializer]
    public static void RegisterResolver()
    {
        if (OperatingSystem.IsLinux() && Interlocked.Exchange(ref registered, 1) == 0)
        {
            AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
        }
    }

    /// <summary>Loads Torch and the binding from the first of the folders that has them, and makes the corrections in between.</summary>
    internal static nint Load(string program, IEnumerable<string> folders, string cache, CacheMend? mend = null)
    {
        var all = folders.ToList();
        var libraries = Torch.Select(file => Find(all, file, program)).ToList();
        var binding = Find(all, Binding, program);
        foreach (var file in libraries.SelectMany(Dependencies).Append(binding).Distinct())
        {
            CheckWhole(file);
        }

        mend?.Prepare(libraries[0]);
        foreach (var library in libraries)
        {
            if (!TryLoadFile(library, out var loaded, out var refusal))
            {
                throw Failure(library, refusal);
            }

            if (library == libraries[0])
            {
                NnPack.TurnOff(loaded);
            }
        }

        mend?.Apply();

        if (TryLoadFile(binding, out var handle, out var fault))
        {
            return handle;
        }

        return LoaderFault.IsMissing(UnneededVersion, fault.Message) && WeakenedCopy.Load(binding, UnneededVersion, cache) is var copy and not 0
            ? copy
            : throw Failure(binding, fault);
    }

    /// <summary>Where the host looks for native libraries.</summary>
    internal static IEnumerable<string> SearchFolders() =>
        ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory);

    // Asked when the usual search has failed.
    private static nint Resolve(Assembly assembly, string name)
    {
        if (name != "LibTorchSharp")
        {
            return 0;
        }

        try
        {
            return Handle.Value;
        }
        catch (NativeLibraryException)
        {
            // TorchSharp catches this and would copy half a gigabyte from the package cache beside the program, in vain. Without a
            // cache it gives up, and quotes the message.
            Environment.SetEnvironmentVariable("NUGET_PACKAGES", Path.Combine(AppContext.BaseDirectory, "no-package-cache"));
            throw;
        }
    }

    // The library itself and what it depends on, which is next to it.
    private static IEnumerable<string> Dependencies(string library) =>
        DependencyPatterns.SelectMany(pattern => Directory.GetFiles(Path.GetDirectoryName(library)!, pattern));

    private static void CheckWhole(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (ElfSegments.EndBeyondFile(stream))
            {
                throw new NativeLibraryException($"Torch's native library cannot be loaded: {LoaderFault.Damaged(file)}");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NativeLibraryException($"Torch's native library cannot be loaded: {file} cannot be read: {exception.Message}", exception);
        }
    }

    private static string Find(List<string> folders, string file, string program) =>
        folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
        ?? throw new NativeLibraryException(
            $"Torch's native library cannot be loaded: {file} is not among the files of the program in {program}. "
            + "Build it for this platform, with a reference to TorchSharp-cpu or a CUDA package (TorchSharp-cuda-windows, TorchSharp-cuda-linux).");

    private static bool TryLoadFile(string path, out nint handle, out Exception fault)
    {
        try
        {
            handle = NativeLibrary.Load(path);
            fault = null!;
            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            handle = 0;
            fault = exception;
            return false;
        }
    }

    private static NativeLibraryException Failure(string path, Exception fault) =>
        new($"Torch's native library cannot be loaded: {LoaderFault.Explain(path, fault.Message)}", fault);
}
