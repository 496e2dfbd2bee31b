using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>Labelled images in memory, one byte per pixel, in file order.</summary>
/// <param name="Pixels">Count × height × width × channels bytes, rows from the top, 0 to 255.</param>
/// <param name="Labels">One class number per image.</param>
/// <param name="Shape">The shape of each image.</param>
public sealed record ImageSet(byte[] Pixels, byte[] Labels, ImageShape Shape)
{
    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>The first <paramref name="count"/> images; this set itself if it has no more.</summary>
    public ImageSet Take(int count) =>
        count >= Count ? this : new ImageSet(Pixels[..(count * Shape.Count)], Labels[..count], Shape);
}
