using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace FashionCnn.Native;

/// <summary>An entry of a symbol table.</summary>
/// <param name="Index">Its place in the table.</param>
/// <param name="Address">Where it is loaded, from the library's base on.</param>
/// <param name="Size">Its bytes.</param>
internal readonly record struct ElfSymbol(int Index, ulong Address, ulong Size);

/// <summary>
/// Reads the full symbol table (<c>.symtab</c>) of a 64-bit x86 ELF library, which has names that the loader does not know. Torch's has half a
/// million entries and 80 MB of names: only names of entries that fit otherwise are read.
/// </summary>
internal sealed class ElfSymbols
{
    private const int HeaderSize = 64;
    private const int SectionSize = 64;
    private const int EntrySize = 24;
    private const int SymbolTable = 2;
    private const int StringTable = 3;
    private const int LongestName = 256;

    private readonly Stream file;
    private readonly (long Offset, long Size) names;
    private readonly byte[] entries;

    private ElfSymbols(Stream file, (long, long) names, byte[] entries)
    {
        this.file = file;
        this.names = names;
        this.entries = entries;
    }

    /// <summary>How many entries there are.</summary>
    public int Count => entries.Length / EntrySize;

    /// <summary>The table of a library; null when it has none, as after <c>strip</c>, or is no such library, or a damaged one.</summary>
    /// <param name="file">The library. It must stay open as long as the table is used.</param>
    public static ElfSymbols? Open(Stream file)
    {
        var header = new byte[HeaderSize];
        file.Position = 0;
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize
            || !header.AsSpan(0, 6).SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1])
            || BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x12)) != 62
            || BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x3a)) != SectionSize
            || Read(file, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(0x28)), BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(0x3c)) * SectionSize) is not { } bytes)
        {
            return null;
        }

        var sections = bytes.Chunk(SectionSize).ToArray();
        if (Array.Find(sections, section => Type(section) == SymbolTable) is not { } table
            || BinaryPrimitives.ReadInt64LittleEndian(table.AsSpan(0x38)) != EntrySize
            || BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(0x28)) is var link && (link >= sections.Length || Type(sections[link]) != StringTable))
        {
            return null;
        }

        var (offset, size) = Extent(table);
        var names = Extent(sections[link]);
        return size % EntrySize == 0 && names.Offset >= 0 && names.Size >= 0 && names.Offset <= file.Length - names.Size && Read(file, offset, size) is { } entries
            ? new(file, names, entries)
            : null;
    }

    /// <summary>The one variable of this name and size, the library's own; null when there is none, or more than one.</summary>
    public ElfSymbol? Variable(string name, int size) => Find(name, kind: 1, size, 0, Count);

    /// <summary>The one function of this name, the library's own, among the entries of a range; null when there is none, or more than one.</summary>
    public ElfSymbol? Function(string name, int from, int to) => Find(name, kind: 2, size: null, Math.Max(from, 0), Math.Min(to, Count));

    private ElfSymbol? Find(string name, int kind, int? size, int from, int to)
    {
        ElfSymbol? found = null;
        var wanted = Encoding.ASCII.GetBytes(name + '\0');
        var table = MemoryMarshal.Cast<byte, Entry>(entries);
        for (var i = from; i < to; i++)
        {
            ref readonly var entry = ref table[i];

            // Information is binding and kind; binding 0 is local.
            if (entry.Info == kind && entry.Section != 0 && (size is null || entry.Size == (ulong)size) && HasName(entry.Name, wanted))
            {
                if (found is not null)
                {
                    return null;
                }

                found = new(i, entry.Value, entry.Size);
            }
        }

        return found;
    }

    private bool HasName(uint offset, byte[] wanted)
    {
        Span<byte> name = stackalloc byte[LongestName];
        name = name[..wanted.Length];
        file.Position = names.Offset + offset;
        return offset <= names.Size - wanted.Length && file.ReadAtLeast(name, name.Length, throwOnEndOfStream: false) == name.Length && name.SequenceEqual(wanted);
    }

    private static int Type(byte[] section) => BinaryPrimitives.ReadInt32LittleEndian(section.AsSpan(0x04));

    private static (long Offset, long Size) Extent(byte[] section) =>
        (BinaryPrimitives.ReadInt64LittleEndian(section.AsSpan(0x18)), BinaryPrimitives.ReadInt64LittleEndian(section.AsSpan(0x20)));

    private static byte[]? Read(Stream file, long offset, long size)
    {
        if (offset < 0 || size <= 0 || size > int.MaxValue || offset > file.Length - size)
        {
            return null;
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)size);
        file.Position = offset;
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? bytes : null;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly struct Entry
    {
        public readonly uint Name;
        public readonly byte Info;
        public readonly byte Other;
        public readonly ushort Section;
        public readonly ulong Value;
        public readonly ulong Size;
    }
}
