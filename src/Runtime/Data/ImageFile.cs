using FashionCnn.Models;
using FashionCnn.Storage;
using SkiaSharp;

namespace FashionCnn.Data;

/// <summary>An image file made into what a model takes.</summary>
/// <param name="Pixels">Height x width x channels bytes of the model's input, rows from the top, 0 to 255.</param>
/// <param name="Width">Columns of the file's image, as a viewer shows it.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Steps">What was done to it, in words, in order.</param>
internal sealed record ImageFile(byte[] Pixels, int Width, int Height, IReadOnlyList<string> Steps)
{
    private const long MaxBytes = 200_000_000;
    private const long MaxPixels = 50_000_000;

    /// <summary>The endings of the names of files that are read from a folder.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    private static readonly IReadOnlyList<SKEncodedImageFormat> Formats =
        [SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif];

    /// <summary>Reads an image file of any size; of several frames, the first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="input">The model's input: 1 channel for gray, 3 for red, green and blue.</param>
    /// <param name="invert">Whether to invert; null for yes where a gray model would see a light background.</param>
    /// <exception cref="InputException">It cannot be read; the message names it and says why.</exception>
    public static ImageFile Read(string path, ImageShape input, bool? invert = null) => Read(path, input, invert, isKnown: false);

    /// <summary>Reads a file that may have been looked at for damage before, which takes longer than decoding it.</summary>
    internal static ImageFile Read(string path, ImageShape input, bool? invert, bool isKnown)
    {
        CheckInput(input);
        var steps = new List<string>();
        Raster image;
        byte? background;
        SKEncodedOrigin origin;
        using (var bitmap = Decode(path, isKnown, steps, out origin, out var isOpaque))
        {
            image = Raster.Of(bitmap, isOpaque, steps, out background);
        }

        if (origin != SKEncodedOrigin.TopLeft)
        {
            image = image.Upright(origin);
            steps.Add("rotated as its EXIF data says");
        }

        var (width, height) = (image.Width, image.Height);
        if (input.Channels == 1)
        {
            image = image.ToGray(out var hadColor);
            if (hadColor)
            {
                steps.Add("converted to gray");
            }
        }

        // The border is the background, unless the file says what that is.
        var original = image;
        var border = new Lazy<byte[]>(() => background is { } known ? [.. Enumerable.Repeat(known, original.Channels)] : original.BorderMedian());
        image = Fit(image, input, border, steps);
        if (invert ?? (input.Channels == 1 && border.Value[0] > 127))
        {
            image = image.Inverted();
            steps.Add(invert is null ? "inverted, because its background is light" : "inverted");
        }

        return new ImageFile(image.Pixels, width, height, steps);
    }

    /// <summary>Whether <see cref="Read(string, ImageShape, bool?)"/> can make images into a model's input.</summary>
    /// <exception cref="InputException">It cannot.</exception>
    public static void CheckInput(ImageShape input)
    {
        if (input.Channels is not (1 or 3))
        {
            throw new InputException($"Image files have 1 channel (gray) or 3 (red, green, blue), but the model takes {input}. Use a model with \"input\": {{ \"shape\": [height, width, 1] }} or 3.");
        }
    }

    /// <summary>Brings an image to a size without changing its proportions: the rest is filled with the color of its border.</summary>
    private static Raster Fit(Raster image, ImageShape input, Lazy<byte[]> border, List<string> steps)
    {
        var scale = Math.Min((double)input.Width / image.Width, (double)input.Height / image.Height);
        var width = Math.Clamp((int)Math.Round(image.Width * scale), 1, input.Width);
        var height = Math.Clamp((int)Math.Round(image.Height * scale), 1, input.Height);
        if ((width, height) != (image.Width, image.Height))
        {
            image = image.Resized(width, height);
            steps.Add($"resized to {width}x{height}");
        }

        if ((width, height) != (input.Width, input.Height))
        {
            image = image.Padded(input.Width, input.Height, border.Value);
            steps.Add($"padded to {input.Width}x{input.Height} with its background");
        }

        return image;
    }

    private static SKBitmap Decode(string path, bool isKnown, List<string> steps, out SKEncodedOrigin origin, out bool isOpaque)
    {
        var content = Bytes(path);
        using var data = SKData.CreateCopy(content);
        using var codec = SKCodec.Create(data)
            ?? throw new InputException($"{path}: not a PNG, JPEG, WebP, BMP or GIF image, or its beginning is damaged.");
        if (!Formats.Contains(codec.EncodedFormat))
        {
            throw new InputException($"{path}: the image is in the format {codec.EncodedFormat}. Convert it to PNG or JPEG.");
        }

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > MaxPixels)
        {
            throw new InputException($"{path}: the image is {width}x{height}, larger than the limit of {MaxPixels / 1_000_000} million pixels. Make it smaller.");
        }

        origin = codec.EncodedOrigin;
        isOpaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        // Without a color space the values are those in the file.
        var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result == SKCodecResult.Success)
        {
            var isCertain = false;
            var damage = codec.EncodedFormat == SKEncodedImageFormat.Jpeg && !isKnown ? JpegDamage.Find(content, out isCertain) : null;
            if (damage is null)
            {
                return bitmap;
            }

            if (!isCertain)
            {
                steps.Add(damage);
                return bitmap;
            }

            bitmap.Dispose();
            throw new InputException($"{path}: the image is damaged: {damage}. Get the file again.");
        }

        bitmap.Dispose();
        throw new InputException(result == SKCodecResult.IncompleteInput
            ? $"{path}: the image is cut off: its end is missing. Get the whole file."
            : $"{path}: the image is damaged: its data does not follow the format. Get the file again.");
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                throw new InputException($"{path}: there is no such file.");
            }

            if (FileKind.IsSpecial(path))
            {
                throw new InputException($"{path}: a device or a pipe, not a file. Give an image file.");
            }

            return new FileInfo(path).Length switch
            {
                0 => throw new InputException($"{path}: the file is empty."),
                > MaxBytes => throw new InputException($"{path}: the file is larger than the limit of {MaxBytes / 1_000_000} MB. Make the image smaller."),
                _ => File.ReadAllBytes(path),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the file cannot be read: {exception.Message}", exception);
        }
    }
}
