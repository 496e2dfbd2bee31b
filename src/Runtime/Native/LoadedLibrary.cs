using System.Globalization;

namespace FashionCnn.Native;

/// <summary>A library that is loaded in this process, as Linux says in <c>/proc/self/maps</c>.</summary>
internal sealed class LoadedLibrary
{
    private readonly List<(ulong Start, ulong End, string Rights)> memory;

    private LoadedLibrary(string path, ulong start, List<(ulong, ulong, string)> memory)
    {
        Path = path;
        Base = start;
        this.memory = memory;
    }

    /// <summary>The file it was loaded from.</summary>
    public string Path { get; }

    /// <summary>The address of its first byte.</summary>
    public ulong Base { get; }

    /// <summary>Finds a library by its file name; null when it is not loaded.</summary>
    public static LoadedLibrary? Find(string name) => Find(name, File.ReadLines("/proc/self/maps"));

    // start-end rights offset device inode path
    internal static LoadedLibrary? Find(string name, IEnumerable<string> maps)
    {
        var memory = new List<(ulong, ulong, string)>();
        string? path = null;
        ulong start = 0;
        foreach (var line in maps)
        {
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 5 || fields[0].Split('-') is not [var from, var to])
            {
                continue;
            }

            var first = ulong.Parse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            memory.Add((first, ulong.Parse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture), fields[1]));
            if (path is null && fields.Length == 6 && System.IO.Path.GetFileName(fields[5]) is var file && (file == name || file == $"{name} (deleted)") && ulong.Parse(fields[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture) == 0)
            {
                (path, start) = (fields[5], first);
            }
        }

        return path is null ? null : new(path, start, memory);
    }

    /// <summary>Whether all of a range is memory with these rights, such as <c>rw</c> or <c>x</c>.</summary>
    public bool Has(string rights, ulong address, ulong size)
    {
        var end = address + size;
        foreach (var (from, to, given) in memory)
        {
            if (from <= address && address < to && rights.All(given.Contains))
            {
                address = to;
            }
        }

        return address >= end && end >= size;
    }

    /// <summary>Whether memory from an address on equals what the file has there; for parts that loading does not change.</summary>
    public unsafe bool Equals(Stream file, ulong offset, int size)
    {
        var bytes = new byte[size];
        file.Position = (long)offset;
        return file.ReadAtLeast(bytes, size, throwOnEndOfStream: false) == size
            && Has("r", Base + offset, (ulong)size)
            && new ReadOnlySpan<byte>((void*)(Base + offset), size).SequenceEqual(bytes);
    }
}
