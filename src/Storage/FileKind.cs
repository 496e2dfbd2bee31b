using System.Runtime.InteropServices;

namespace FashionCnn.Storage;

/// <summary>What a path refers to, where .NET does not tell.</summary>
internal static partial class FileKind
{
    // By Linux's fcntl.h and stat.h.
    private const int CurrentFolder = -100;
    private const uint WantType = 1;
    private const int FormatMask = 0xf000;
    private const int RegularFormat = 0x8000;
    private const int FolderFormat = 0x4000;

    /// <summary>
    /// Something is there, by way of links, that is neither a regular file nor a folder: a device, a pipe, a socket. Renaming a file
    /// over it would replace it.
    /// </summary>
    public static bool IsSpecial(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path))
        {
            return false;
        }

        if (!OperatingSystem.IsLinux())
        {
            return Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);
        }

        // struct statx is the same on all processors: 256 bytes, the mode at byte 28.
        Span<byte> status = stackalloc byte[256];
        status.Clear();
        return Status(CurrentFolder, path, 0, WantType, status) == 0
            && (BitConverter.ToUInt16(status[28..]) & FormatMask) is not (RegularFormat or FolderFormat);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, Span<byte> status);
}
