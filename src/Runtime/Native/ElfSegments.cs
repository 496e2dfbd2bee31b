using System.Buffers.Binary;

namespace FashionCnn.Native;

/// <summary>
/// Tells a truncated 64-bit little-endian ELF file by its program headers. glibc's loader does not look: it maps what the headers
/// promise, and reading past the file's end kills the process without a word (SIGBUS).
/// </summary>
internal static class ElfSegments
{
    private const uint Load = 1;
    private const int HeaderSize = 64;
    private const int EntrySize = 56;

    /// <summary>Whether a segment that the loader would map ends beyond the file. False for what is no such ELF file: the loader itself says so.</summary>
    public static bool EndBeyondFile(Stream file)
    {
        var header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize
            || !header.AsSpan(0, 6).SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            return false;
        }

        var entries = new byte[BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x38)) * EntrySize];
        var start = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(0x20));
        if (start < 0 || start > file.Length - entries.Length)
        {
            return true;
        }

        file.Position = start;
        file.ReadExactly(entries);
        return entries.Chunk(EntrySize).Any(entry => BinaryPrimitives.ReadUInt32LittleEndian(entry) == Load && End(entry) > (ulong)file.Length);
    }

    // An end that no file could have, by overflow, counts as beyond it.
    private static ulong End(ReadOnlySpan<byte> entry)
    {
        var offset = BinaryPrimitives.ReadUInt64LittleEndian(entry[0x08..]);
        var size = BinaryPrimitives.ReadUInt64LittleEndian(entry[0x20..]);
        return offset > ulong.MaxValue - size ? ulong.MaxValue : offset + size;
    }
}
