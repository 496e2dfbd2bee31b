using System.Diagnostics;

namespace FashionCnn.Native;

/// <summary>
/// The processor's caches as oneDNN knows them, on which its convolutions depend. Where the processor hides them, loading Torch corrects that.
/// </summary>
internal static class ProcessorCaches
{
    /// <summary>The mend of this process.</summary>
    internal static CacheMend Mend { get; } = new(CpuIdInstruction.Current, Environment.GetEnvironmentVariable(CacheMend.Switch) == "0", Find, IsLoaded);

    /// <summary>What was done when Torch was loaded; it is loaded now if it has not been.</summary>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static CacheState State
    {
        get
        {
            NativeTorch.EnsureLoaded();
            return Mend.State!;
        }
    }

    /// <summary>
    /// The sizes that oneDNN holds in this process right now. Takes about 20 ms. Null where Torch's library has no symbols to find them by.
    /// </summary>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static CacheSizes? Read()
    {
        NativeTorch.EnsureLoaded();
        return TryOpen(out var words) ? OneDnnWords.Read(words, CpuIdInstruction.Current!) : null;
    }

    /// <summary>
    /// For tests, in a process of their own: makes oneDNN believe that the caches are hidden, or gives it this processor's true sizes again. Kernels
    /// that were made before stay as they are.
    /// </summary>
    /// <returns>Whether oneDNN's memory was found and, for a mend, looked exactly as it should.</returns>
    internal static bool Set(bool hidden)
    {
        NativeTorch.EnsureLoaded();
        if (!TryOpen(out var words) || OneDnnWords.Read(words, CpuIdInstruction.Current!) is null)
        {
            return false;
        }

        if (hidden)
        {
            OneDnnWords.Hide(words);
            return true;
        }

        if (CacheSizes.Of(CpuIdInstruction.Current!) is not { } sizes || !OneDnnWords.AreOfHiddenCaches(words, CpuIdInstruction.Current!))
        {
            return false;
        }

        OneDnnWords.Write(words, sizes);
        return true;
    }

    private static bool TryOpen(out Span<uint> words)
    {
        words = default;
        return CpuIdInstruction.Current is not null
            && Find() is { } library
            && OneDnnMemory.FindIn(library.Path) is { } memory
            && memory.TryOpen(library, out _, out words);
    }

    private static LoadedLibrary? Find() => OperatingSystem.IsLinux() ? LoadedLibrary.Find(OneDnnMemory.Library) : null;

    private static bool IsLoaded()
    {
        if (OperatingSystem.IsLinux())
        {
            return Find() is not null;
        }

        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Any(module => module.ModuleName.Equals("torch_cpu.dll", StringComparison.OrdinalIgnoreCase));
    }
}
