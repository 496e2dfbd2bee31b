using System.Buffers.Binary;
using System.IO.Compression;

namespace FashionCnn.Runtime.Tests.Data;

/// <summary>Makes the bytes of IDX files.</summary>
internal static class IdxBytes
{
    public static byte[] Images(int count, int height, int width, Func<int, byte> value) =>
        [.. Header(2051, count, height, width), .. Enumerable.Range(0, count * height * width).Select(value)];

    public static byte[] Labels(params byte[] labels) => [.. Header(2049, labels.Length), .. labels];

    public static byte[] Header(params int[] values)
    {
        var bytes = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), values[i]);
        }

        return bytes;
    }

    public static byte[] Gzip(byte[] content)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return result.ToArray();
    }

    /// <summary>Writes a small data set of 2x3 images, four to train on and two to test.</summary>
    public static void WriteFolder(string folder, string ending = "")
    {
        Write("train-images-idx3-ubyte", Images(4, 2, 3, i => (byte)i));
        Write("train-labels-idx1-ubyte", Labels(0, 1, 2, 9));
        Write("t10k-images-idx3-ubyte", Images(2, 2, 3, i => (byte)(100 + i)));
        Write("t10k-labels-idx1-ubyte", Labels(3, 4));

        void Write(string name, byte[] content) =>
            File.WriteAllBytes(Path.Combine(folder, name + ending), ending == ".gz" ? Gzip(content) : content);
    }
}
