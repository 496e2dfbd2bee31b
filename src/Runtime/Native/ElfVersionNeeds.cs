using System.Buffers.Binary;
using System.Text;

namespace FashionCnn.Native;

/// <summary>One version that a shared library asks of another one, such as GLIBCXX_3.4.32 of libstdc++.so.6.</summary>
/// <param name="Library">The library it is asked of.</param>
/// <param name="Version">The version's name.</param>
/// <param name="IsWeak">The loader goes on without it.</param>
/// <param name="FlagsOffset">The position of the entry's flags in the file.</param>
internal readonly record struct VersionNeed(string Library, string Version, bool IsWeak, int FlagsOffset);

/// <summary>Reads and weakens the version needs of a 64-bit little-endian ELF file (section SHT_GNU_verneed of the System V ABI).</summary>
internal static class ElfVersionNeeds
{
    private const uint VersionNeedSection = 0x6ffffffe;
    private const ushort WeakFlag = 2;

    /// <summary>The version needs of the file; empty when it has none.</summary>
    /// <exception cref="InvalidDataException">The bytes are no 64-bit little-endian ELF file, or a damaged one.</exception>
    public static IReadOnlyList<VersionNeed> Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 64 || !file[..6].SequenceEqual<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("This is not a 64-bit little-endian ELF file.");
        }

        try
        {
            return ReadSections(file);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("The ELF file is damaged: a section lies outside it.", exception);
        }
    }

    /// <summary>A copy of the file in which the need for a version is weak; null when it has no such need.</summary>
    public static byte[]? Weaken(ReadOnlySpan<byte> file, string version)
    {
        var needs = Read(file).Where(need => need.Version == version).ToList();
        if (needs.Count == 0)
        {
            return null;
        }

        var copy = file.ToArray();
        foreach (var need in needs)
        {
            var flags = copy.AsSpan(need.FlagsOffset, 2);
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | WeakFlag));
        }

        return copy;
    }

    private static List<VersionNeed> ReadSections(ReadOnlySpan<byte> file)
    {
        var headers = checked((int)BinaryPrimitives.ReadInt64LittleEndian(file[0x28..]));
        var size = BinaryPrimitives.ReadUInt16LittleEndian(file[0x3a..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(file[0x3c..]);
        var needs = new List<VersionNeed>();
        for (var i = 0; i < count; i++)
        {
            var header = file.Slice(headers + (i * size), 64);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == VersionNeedSection)
            {
                var names = file.Slice(headers + (BinaryPrimitives.ReadInt32LittleEndian(header[0x28..]) * size), 64);
                ReadNeeds(file, Offset(header), BinaryPrimitives.ReadInt32LittleEndian(header[0x2c..]), Offset(names), needs);
            }
        }

        return needs;

        static int Offset(ReadOnlySpan<byte> section) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]));
    }

    // A chain of libraries, each with a chain of versions; every link is an offset from its own start.
    private static void ReadNeeds(ReadOnlySpan<byte> file, int section, int libraries, int names, List<VersionNeed> needs)
    {
        var library = section;
        for (var i = 0; i < libraries; i++)
        {
            var entry = file.Slice(library, 16);
            var name = Name(file, names + BinaryPrimitives.ReadInt32LittleEndian(entry[4..]));
            var version = library + BinaryPrimitives.ReadInt32LittleEndian(entry[8..]);
            for (var j = 0; j < BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]); j++)
            {
                var item = file.Slice(version, 16);
                var flags = BinaryPrimitives.ReadUInt16LittleEndian(item[4..]);
                needs.Add(new VersionNeed(
                    name, Name(file, names + BinaryPrimitives.ReadInt32LittleEndian(item[8..])), (flags & WeakFlag) != 0, version + 4));
                version += BinaryPrimitives.ReadInt32LittleEndian(item[12..]);
            }

            library += BinaryPrimitives.ReadInt32LittleEndian(entry[12..]);
        }
    }

    private static string Name(ReadOnlySpan<byte> file, int offset)
    {
        var rest = file[offset..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)0)]);
    }
}
