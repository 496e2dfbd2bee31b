using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>
/// Labeled images of one shape in a fixed order: in memory, one byte per value, or pictures on disk that are decoded whenever they are
/// needed.
/// </summary>
public sealed class ImageSet
{
    /// <summary>Images in memory. The arrays are not copied: do not change them afterwards.</summary>
    /// <param name="pixels">Count × height × width × channels bytes, rows from the top, the values of a pixel side by side, 0 to 255.</param>
    /// <param name="labels">One class number per image, from 0.</param>
    /// <param name="shape">The shape of each image.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length of the shape is not above 0.</exception>
    /// <exception cref="ArgumentException">There are more or fewer bytes than the images have.</exception>
    public ImageSet(byte[] pixels, int[] labels, ImageShape shape)
        : this(pixels, labels, shape, pictures: null)
    {
        if (pixels.LongLength != labels.LongLength * shape.Count)
        {
            throw new ArgumentException($"{labels.Length} images of {shape} have {labels.LongLength * shape.Count} bytes, not {pixels.LongLength}.", nameof(pixels));
        }
    }

    private ImageSet(byte[] pixels, int[] labels, ImageShape shape, IReadOnlyList<Picture>? pictures)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        if (shape is not { Height: > 0, Width: > 0, Channels: > 0 })
        {
            throw new ArgumentOutOfRangeException(nameof(shape), shape, "Height, width and channels must be above 0.");
        }

        (Pixels, Labels, Shape, Pictures) = (pixels, labels, shape, pictures);
    }

    /// <summary>The shape of each image.</summary>
    public ImageShape Shape { get; }

    /// <summary>Count × height × width × channels bytes; empty for pictures that are not held in memory.</summary>
    internal byte[] Pixels { get; }

    /// <summary>One class number per image.</summary>
    internal int[] Labels { get; }

    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>All images are in memory.</summary>
    public bool IsHeld => Pixels.Length == (long)Count * Shape.Count;

    /// <summary>Pictures, held in memory or not.</summary>
    /// <param name="pixels">All their pixels; empty for pictures that are decoded whenever they are needed.</param>
    /// <param name="labels">One class number per picture.</param>
    /// <param name="shape">The shape that they are fitted to.</param>
    /// <param name="pictures">The files.</param>
    internal static ImageSet Of(byte[] pixels, int[] labels, ImageShape shape, IReadOnlyList<Picture> pictures) => new(pixels, labels, shape, pictures);

    /// <summary>The file that each image was read from; null for sets that are not made of pictures.</summary>
    internal IReadOnlyList<Picture>? Pictures { get; }

    /// <summary>SHA-256 over shape, pixels and labels, as lower-case hexadecimal digits. Of pictures, it is the same whether they are held or not.</summary>
    public string Fingerprint
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(Encoding.ASCII.GetBytes(Shape.ToString()));
            if (Pictures is null)
            {
                hash.AppendData(Pixels);
            }
            else
            {
                foreach (var picture in Pictures)
                {
                    hash.AppendData(picture.Sum);
                }
            }

            hash.AppendData(LabelBytes());
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>What to call an image: the path of its file within the data, such as <c>rose/12.jpg</c>; null when it has none.</summary>
    public string? NameOf(int image) => Pictures?[image].Name;

    /// <summary>The bytes of one image; a picture that is not held is decoded.</summary>
    /// <exception cref="InputException">A picture can no longer be read as it was.</exception>
    public byte[] Image(int image) =>
        IsHeld ? Pixels.AsSpan(image * Shape.Count, Shape.Count).ToArray() : Pictures![image].Decode(Shape);

    /// <summary>How many images each class has.</summary>
    internal int[] CountsOf(int classes)
    {
        var counts = new int[classes];
        foreach (var label in Labels)
        {
            counts[label]++;
        }

        return counts;
    }

    /// <summary>The first <paramref name="count"/> images; this set itself if it has no more.</summary>
    public ImageSet Take(int count) =>
        count >= Count ? this : new ImageSet(IsHeld ? Pixels[..(count * Shape.Count)] : [], Labels[..count], Shape, Pictures?.Take(count).ToArray());

    /// <summary>The images at the given places, in the order of the places.</summary>
    internal ImageSet Select(IReadOnlyList<int> places)
    {
        var pixels = IsHeld ? new byte[places.Count * Shape.Count] : [];
        for (var i = 0; IsHeld && i < places.Count; i++)
        {
            Buffer.BlockCopy(Pixels, places[i] * Shape.Count, pixels, i * Shape.Count, Shape.Count);
        }

        return new ImageSet(pixels, [.. places.Select(place => Labels[place])], Shape, Pictures is null ? null : [.. places.Select(place => Pictures[place])]);
    }

    /// <summary>Two parts, each in this order: the other one has the same fraction of each class.</summary>
    /// <param name="fraction">Above 0 and below 1.</param>
    /// <param name="seed">Chooses the images.</param>
    /// <param name="stream">Tells the uses of one seed apart.</param>
    internal (ImageSet Others, ImageSet Part) Split(double fraction, long seed, int stream)
    {
        var part = Shuffle.Order(Count, seed, stream)
            .GroupBy(place => Labels[place])
            .SelectMany(places => places.Take((int)Math.Round(fraction * places.Count(), MidpointRounding.AwayFromZero)))
            .ToHashSet();
        return (Select([.. Enumerable.Range(0, Count).Where(place => !part.Contains(place))]), Select([.. Enumerable.Range(0, Count).Where(place => part.Contains(place))]));
    }

    // As a file of bytes has them, where they fit: a data set has one sum in either form of its labels.
    private byte[] LabelBytes()
    {
        if (Labels.All(label => label <= byte.MaxValue))
        {
            return Array.ConvertAll(Labels, label => (byte)label);
        }

        var bytes = new byte[Labels.Length * sizeof(int)];
        for (var i = 0; i < Labels.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), Labels[i]);
        }

        return bytes;
    }
}
