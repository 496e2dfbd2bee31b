using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>Images or labels as an IDX file holds them.</summary>
/// <param name="Values">One byte per pixel or label.</param>
/// <param name="Count">How many images or labels.</param>
/// <param name="Shape">The shape of each image; of labels 1x1x1.</param>
/// <param name="Sha256">The sum of the uncompressed content, in lower case.</param>
internal sealed record IdxContent(byte[] Values, int Count, ImageShape Shape, string Sha256);

/// <summary>
/// Reads IDX, the format of MNIST: big-endian, a magic number (2051 for images, 2049 for labels), the count, for images rows and
/// columns, then one byte per value.
/// </summary>
internal static class IdxReader
{
    public const int ImagesMagic = 2051;
    public const int LabelsMagic = 2049;

    private const long MaxBytes = 1L << 30;

    /// <summary>Reads a file, decompressing it if its name ends in .gz.</summary>
    /// <exception cref="InputException">It cannot be read or is no such file; the message names it.</exception>
    public static IdxContent ReadFile(string path, bool images) => ReadFile(path, images, isCompressed: path.EndsWith(".gz", StringComparison.Ordinal));

    /// <summary>Reads and decompresses a file of any name.</summary>
    /// <exception cref="InputException">It cannot be read or is no such file; the message names it.</exception>
    public static IdxContent ReadCompressed(string path, bool images) => ReadFile(path, images, isCompressed: true);

    private static IdxContent ReadFile(string path, bool images, bool isCompressed)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var stream = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            var (content, header) = ReadWithHeader(stream, path, images);
            if (stream.ReadByte() >= 0)
            {
                throw new InputException($"{path}: the file has more data than the {content.Count} {Noun(images)} that its header announces. Get the file again.");
            }

            if (isCompressed && !GzipEnd.Fits(file, header, content.Values))
            {
                throw new InputException($"{path}: the file is damaged or truncated: its compressed data does not end as it should. Get the file again.");
            }

            return content;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new InputException($"{path}: the file is damaged or truncated: its compressed data cannot be read to the end. Get the file again.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            var problem = Directory.Exists(path) ? "this is a directory, but an IDX file is expected under that name" : "permission denied; check the file's permissions";
            throw new InputException($"{path}: {problem}.", exception);
        }
        catch (IOException exception)
        {
            throw new InputException($"{path}: the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads one IDX content from a stream and leaves what follows it.</summary>
    public static IdxContent Read(Stream stream, string name, bool images) => ReadWithHeader(stream, name, images).Content;

    private static (IdxContent Content, byte[] Header) ReadWithHeader(Stream stream, string name, bool images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var header = new byte[images ? 16 : 8];
        var headerRead = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        if (headerRead >= 4)
        {
            CheckMagic(BinaryPrimitives.ReadInt32BigEndian(header), name, images);
        }

        if (headerRead < header.Length)
        {
            throw new InputException($"{name}: the file ends within its header of {header.Length} bytes. Get the file again.");
        }

        hash.AppendData(header);
        var count = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
        var height = images ? BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8)) : 1;
        var width = images ? BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(12)) : 1;
        if (count < 1 || height is < 1 or > 65_536 || width is < 1 or > 65_536 || (long)height * width > MaxBytes / count)
        {
            throw new InputException(images
                ? $"{name}: the header announces {count} images of {height}x{width}; expected at least one image, and at most 1 GiB in all. Get the file again."
                : $"{name}: the header announces {count} labels; expected at least one. Get the file again.");
        }

        var values = new byte[count * height * width];
        var read = stream.ReadAtLeast(values, values.Length, throwOnEndOfStream: false);
        if (read < values.Length)
        {
            throw new InputException(
                $"{name}: the file is truncated: its header announces {count} {Noun(images)}, {values.Length:N0} bytes, but only {read:N0} follow. Get the file again.");
        }

        hash.AppendData(values);
        return (new IdxContent(values, count, new ImageShape(height, width, 1), Convert.ToHexStringLower(hash.GetHashAndReset())), header);
    }

    private static void CheckMagic(int magic, string name, bool images)
    {
        var expected = images ? ImagesMagic : LabelsMagic;
        if (magic == expected)
        {
            return;
        }

        var what = magic switch
        {
            ImagesMagic => "this is an IDX file of images, but labels are expected under that name",
            LabelsMagic => "this is an IDX file of labels, but images are expected under that name",
            _ when (uint)magic >> 16 == 0x1f8b => "this is a gzip file; give it a name that ends in .gz",
            _ => $"not an IDX file of {Noun(images)}: it begins with {magic}, not with {expected}",
        };
        throw new InputException($"{name}: {what}.");
    }

    private static string Noun(bool images) => images ? "images" : "labels";
}
