using System.Security.Cryptography;
using System.Text;
using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>Labeled images in memory, one byte per pixel, in file order.</summary>
/// <param name="Pixels">Count × height × width × channels bytes, rows from the top, 0 to 255.</param>
/// <param name="Labels">One class number per image.</param>
/// <param name="Shape">The shape of each image.</param>
public sealed record ImageSet(byte[] Pixels, byte[] Labels, ImageShape Shape)
{
    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>SHA-256 over shape, pixels and labels, as lower-case hexadecimal digits.</summary>
    public string Fingerprint
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(Encoding.ASCII.GetBytes(Shape.ToString()));
            hash.AppendData(Pixels);
            hash.AppendData(Labels);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>The first <paramref name="count"/> images; this set itself if it has no more.</summary>
    public ImageSet Take(int count) =>
        count >= Count ? this : new ImageSet(Pixels[..(count * Shape.Count)], Labels[..count], Shape);
}
