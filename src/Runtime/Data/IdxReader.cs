using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>Images or labels as an IDX file holds them.</summary>
/// <param name="Values">The bytes after the header.</param>
/// <param name="Count">How many images or labels.</param>
/// <param name="Shape">The shape of each image; of labels 1x1x1.</param>
/// <param name="Sha256">The sum of the uncompressed content, in lower case.</param>
internal sealed record IdxContent(byte[] Values, int Count, ImageShape Shape, string Sha256)
{
    /// <summary>The class numbers; of a file of labels.</summary>
    public int[] Labels
    {
        get
        {
            var labels = new int[Count];
            for (var i = 0; i < Count; i++)
            {
                labels[i] = Values.Length == Count ? Values[i] : BinaryPrimitives.ReadInt32BigEndian(Values.AsSpan(i * sizeof(int)));
            }

            return labels;
        }
    }
}

/// <summary>
/// Reads IDX, the format of MNIST: big-endian, a magic number of the values' type and the number of dimensions, then the dimensions, then
/// the values. Images are bytes in three dimensions (count, rows, columns) or, of one or three channels, four (the channels last); labels
/// are bytes or 32-bit integers in one.
/// </summary>
internal static class IdxReader
{
    public const int ImagesMagic = 0x0803;
    public const int LabelsMagic = 0x0801;

    private const int ChannelImagesMagic = 0x0804;
    private const int WideLabelsMagic = 0x0C01;

    private const long MaxBytes = 1L << 30;

    // More classes than that are a mistake: a label that was written in another order of its bytes, or is not a class number.
    private const int MaxLabel = DataSet.MaxClasses - 1;

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
        var first = new byte[sizeof(int)];
        var headerRead = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        var magic = BinaryPrimitives.ReadInt32BigEndian(first);
        if (headerRead == first.Length)
        {
            CheckMagic(magic, name, images);
        }

        var dimensions = headerRead < first.Length ? (images ? 3 : 1) : magic & 0xFF;
        var header = new byte[sizeof(int) * (1 + dimensions)];
        first.CopyTo(header, 0);
        headerRead += headerRead < first.Length ? 0 : stream.ReadAtLeast(header.AsSpan(first.Length), header.Length - first.Length, throwOnEndOfStream: false);
        if (headerRead < header.Length)
        {
            throw new InputException($"{name}: the file ends within its header of {header.Length} bytes. Get the file again.");
        }

        hash.AppendData(header);
        var count = Dimension(0);
        var (height, width) = images ? (Dimension(1), Dimension(2)) : (1, 1);
        var channels = dimensions == 4 ? Dimension(3) : 1;
        if (images && channels is not (1 or 3))
        {
            throw new InputException($"{name}: its images are {height}x{width}x{channels}; the last of these numbers must be 1 (gray) or 3 (red, green, blue). Write the channels of each pixel side by side.");
        }

        var size = (long)height * width * channels * (magic == WideLabelsMagic ? sizeof(int) : 1);
        if (count < 1 || height is < 1 or > 65_536 || width is < 1 or > 65_536 || size > MaxBytes / count)
        {
            throw new InputException(images
                ? $"{name}: the header announces {count} images of {height}x{width}{(channels == 1 ? string.Empty : "x3")}; expected at least one image, and at most 1 GiB in all. Get the file again."
                : $"{name}: the header announces {count} labels; expected at least one, and at most 1 GiB in all. Get the file again.");
        }

        var values = new byte[count * size];
        var read = stream.ReadAtLeast(values, values.Length, throwOnEndOfStream: false);
        if (read < values.Length)
        {
            throw new InputException(
                $"{name}: the file is truncated: its header announces {count} {Noun(images)}, {values.Length:N0} bytes, but only {read:N0} follow. Get the file again.");
        }

        hash.AppendData(values);
        var content = new IdxContent(values, count, new ImageShape(height, width, channels), Convert.ToHexStringLower(hash.GetHashAndReset()));
        if (magic == WideLabelsMagic && Array.FindIndex(content.Labels, label => label is < 0 or > MaxLabel) is >= 0 and var wrong)
        {
            throw new InputException($"{name}: label {wrong} is {content.Labels[wrong]}; labels are numbers from 0 to {MaxLabel:N0}. Correct the labels.");
        }

        return (content, header);

        int Dimension(int number) => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(sizeof(int) * (1 + number)));
    }

    private static void CheckMagic(int magic, string name, bool images)
    {
        if (images ? magic is ImagesMagic or ChannelImagesMagic : magic is LabelsMagic or WideLabelsMagic)
        {
            return;
        }

        var what = magic switch
        {
            ImagesMagic or ChannelImagesMagic => "this is an IDX file of images, but labels are expected under that name",
            LabelsMagic or WideLabelsMagic => "this is an IDX file of labels, but images are expected under that name",
            _ when (uint)magic >> 16 == 0x1f8b => "this is a gzip file; give it a name that ends in .gz",
            _ => $"not an IDX file of {Noun(images)}: it begins with {magic}, not with {(images ? $"{ImagesMagic} or {ChannelImagesMagic}" : $"{LabelsMagic} or {WideLabelsMagic}")}",
        };
        throw new InputException($"{name}: {what}.");
    }

    private static string Noun(bool images) => images ? "images" : "labels";
}
