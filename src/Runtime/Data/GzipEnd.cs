using System.Buffers.Binary;
using System.IO.Hashing;

namespace FashionCnn.Data;

/// <summary>
/// The last eight bytes of a gzip file: sum and length of what was compressed (RFC 1952). .NET's reader passes over a file that was cut
/// within them, and over anything that follows them.
/// </summary>
internal static class GzipEnd
{
    /// <summary>Whether a file ends as one of this content must. A file of several parts ends with the sum of its last one.</summary>
    /// <param name="file">The compressed file.</param>
    /// <param name="head">The beginning of the content.</param>
    /// <param name="rest">What follows it.</param>
    public static bool Fits(FileStream file, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        Span<byte> end = stackalloc byte[8];
        if (file.Length < end.Length)
        {
            return false;
        }

        file.Position = file.Length - end.Length;
        file.ReadExactly(end);
        // Zeros are the sum of nothing: padding looks like an empty last part.
        var length = BinaryPrimitives.ReadUInt32LittleEndian(end[4..]);
        if (length == 0 || length > head.Length + rest.Length)
        {
            return false;
        }

        var crc = new Crc32();
        crc.Append(head[Math.Max(0, head.Length - Math.Max(0, (int)length - rest.Length))..]);
        crc.Append(rest[Math.Max(0, rest.Length - (int)length)..]);
        return crc.GetCurrentHashAsUInt32() == BinaryPrimitives.ReadUInt32LittleEndian(end);
    }
}
