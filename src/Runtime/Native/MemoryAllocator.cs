using System.Runtime.InteropServices;

namespace FashionCnn.Native;

/// <summary>
/// Keeps freed memory in the process. A training step asks for the same big blocks again and again; by default glibc returns each
/// to the system, which hands it out again, zeroed page by page.
/// </summary>
internal static partial class MemoryAllocator
{
    // By glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MaxMappings = -4;

    /// <summary>Set to 0, it leaves the allocator unchanged: for measuring, and where memory is scarcer than time.</summary>
    private const string Switch = "FASHIONCNN_KEEP_MEMORY";

    /// <summary>Does so where the C library is glibc; elsewhere nothing.</summary>
    public static void KeepMemory()
    {
        // The name is glibc's own, so musl, whose allocator has no such settings, is passed over.
        if (OperatingSystem.IsLinux()
            && Environment.GetEnvironmentVariable(Switch) != "0"
            && NativeLibrary.TryLoad("libc.so.6", out var library)
            && NativeLibrary.TryGetExport(library, "gnu_get_libc_version", out _)
            && NativeLibrary.TryGetExport(library, "mallopt", out _))
        {
            _ = Set(MaxMappings, 0);
            _ = Set(TrimThreshold, int.MaxValue);
            _ = Set(TopPad, 64 << 20);
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
