using FashionCnn.Models;
using SkiaSharp;

namespace FashionCnn.Runtime.Tests.Data;

/// <summary>Makes image files.</summary>
internal static class Pictures
{
    /// <summary>An image whose pixels a function gives, from column and row.</summary>
    public static SKBitmap Draw(int width, int height, Func<int, int, SKColor> color)
    {
        var info = new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Unpremul, colorspace: null);
        return new SKBitmap(info) { Pixels = [.. Enumerable.Range(0, width * height).Select(i => color(i % width, i / width))] };
    }

    public static SKBitmap Gray(int width, int height, Func<int, int, byte> value) => Draw(width, height, (x, y) => Gray(value(x, y)));

    public static SKColor Gray(byte value) => new(value, value, value);

    public static byte[] Encoded(SKBitmap bitmap, SKEncodedImageFormat format = SKEncodedImageFormat.Png, int quality = 100)
    {
        using (bitmap)
        using (var data = bitmap.Encode(format, quality))
        {
            return data.ToArray();
        }
    }

    /// <summary>The bytes of one image, as a function of column and row.</summary>
    public static Func<int, int, byte> Image(byte[] pixels, ImageShape shape, int index) => (x, y) => pixels[(index * shape.Count) + (y * shape.Width) + x];

    /// <summary>Writes in front of a JPEG's content how the camera was held (EXIF's tag 0x0112).</summary>
    public static byte[] WithOrientation(byte[] jpeg, byte orientation) =>
    [
        .. jpeg[..2],
        0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0,
        .. jpeg[2..],
    ];
}
