using SkiaSharp;

namespace FashionCnn.Data;

/// <summary>An image in memory: height x width x channels bytes, rows from the top.</summary>
internal sealed record Raster(byte[] Pixels, int Width, int Height, int Channels)
{
    private const int Opaque = 255;

    // Rounded corners or soft edges are no cut-out.
    private const double CutOutShare = 0.05;

    /// <summary>The colors of a bitmap with nothing transparent left, as <paramref name="steps"/> then says.</summary>
    /// <param name="bitmap">Red, green, blue and alpha, not premultiplied.</param>
    /// <param name="isOpaque">Nothing in it is transparent.</param>
    /// <param name="steps">Takes what was done.</param>
    /// <param name="background">What replaces the transparent parts of a cutout; null if there are few or none.</param>
    public static Raster Of(SKBitmap bitmap, bool isOpaque, List<string> steps, out byte? background)
    {
        var source = bitmap.GetPixelSpan();
        if (isOpaque)
        {
            background = null;
            var colors = new byte[source.Length / 4 * 3];
            for (int from = 0, to = 0; from < source.Length; from += 4, to += 3)
            {
                source.Slice(from, 3).CopyTo(colors.AsSpan(to));
            }

            return new Raster(colors, bitmap.Width, bitmap.Height, 3);
        }

        var (transparent, weight, light) = (0L, 0L, 0.0);
        for (var i = 0; i < source.Length; i += 4)
        {
            var alpha = source[i + 3];
            transparent += alpha < 128 ? 1 : 0;
            weight += alpha;
            light += alpha * Luma(source[i], source[i + 1], source[i + 2]);
        }

        var pixels = new byte[source.Length / 4 * 3];
        // What is light stands out from black, what is dark from white.
        byte ground = light >= 127.5 * weight ? (byte)0 : (byte)255;
        for (int from = 0, to = 0; from < source.Length; from += 4, to += 3)
        {
            var alpha = source[from + 3];
            for (var channel = 0; channel < 3; channel++)
            {
                pixels[to + channel] = (byte)(((source[from + channel] * alpha) + (ground * (Opaque - alpha)) + (Opaque / 2)) / Opaque);
            }
        }

        background = null;
        if (weight < (long)Opaque * (source.Length / 4))
        {
            steps.Add($"transparent parts made {(ground == 0 ? "black" : "white")}");
            background = transparent >= CutOutShare * (source.Length / 4) ? ground : null;
        }

        return new Raster(pixels, bitmap.Width, bitmap.Height, 3);
    }

    /// <summary>The image as a viewer shows it that heeds how the camera was held.</summary>
    public Raster Upright(SKEncodedOrigin origin)
    {
        var turned = origin >= SKEncodedOrigin.LeftTop;
        var (width, height) = turned ? (Height, Width) : (Width, Height);
        var result = new byte[Pixels.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (column, row) = origin switch
                {
                    SKEncodedOrigin.TopRight => (Width - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (Width - 1 - x, Height - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, Height - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, Height - 1 - x),
                    SKEncodedOrigin.RightBottom => (Width - 1 - y, Height - 1 - x),
                    SKEncodedOrigin.LeftBottom => (Width - 1 - y, x),
                    _ => (x, y),
                };
                Pixel(column, row).CopyTo(result.AsSpan(((y * width) + x) * Channels));
            }
        }

        return new Raster(result, width, height, Channels);
    }

    /// <summary>One channel from three, by the weights of ITU-R BT.601.</summary>
    public Raster ToGray(out bool hadColor)
    {
        hadColor = false;
        var gray = new byte[Pixels.Length / 3];
        for (var i = 0; i < gray.Length; i++)
        {
            var (red, green, blue) = (Pixels[3 * i], Pixels[(3 * i) + 1], Pixels[(3 * i) + 2]);
            hadColor |= red != green || green != blue;
            gray[i] = (byte)Math.Round(Luma(red, green, blue));
        }

        return new Raster(gray, Width, Height, 1);
    }

    /// <summary>The median of each channel over the outermost pixels.</summary>
    public byte[] BorderMedian()
    {
        var border = new List<int>();
        for (var x = 0; x < Width; x++)
        {
            border.AddRange([x, ((Height - 1) * Width) + x]);
        }

        for (var y = 1; y < Height - 1; y++)
        {
            border.AddRange([y * Width, (y * Width) + Width - 1]);
        }

        return [.. Enumerable.Range(0, Channels).Select(channel => border.Select(pixel => Pixels[(pixel * Channels) + channel]).Order().ElementAt(border.Count / 2))];
    }

    public Raster Inverted() => this with { Pixels = [.. Pixels.Select(value => (byte)(255 - value))] };

    /// <summary>Another size: each new pixel is the mean of the area that it covers, or, in a larger image, interpolated linearly.</summary>
    public Raster Resized(int width, int height)
    {
        var columns = Weights(Width, width);
        var rows = Weights(Height, height);
        var result = new byte[width * height * Channels];
        var lines = new float[Height][];
        for (var y = 0; y < height; y++)
        {
            var (top, shares) = rows[y];
            for (var x = 0; x < width * Channels; x++)
            {
                var sum = 0f;
                for (var i = 0; i < shares.Length; i++)
                {
                    sum += shares[i] * (lines[top + i] ??= Line(top + i, columns))[x];
                }

                result[(y * width * Channels) + x] = (byte)Math.Clamp((int)MathF.Round(sum), 0, 255);
            }

            // Rows above the next one's first are done with.
            if (y + 1 < height)
            {
                Array.Clear(lines, 0, rows[y + 1].Start);
            }
        }

        return new Raster(result, width, height, Channels);
    }

    /// <summary>A larger image with this one in its middle.</summary>
    public Raster Padded(int width, int height, byte[] color)
    {
        var result = new byte[width * height * Channels];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = color[i % Channels];
        }

        var (left, top) = ((width - Width) / 2, (height - Height) / 2);
        for (var y = 0; y < Height; y++)
        {
            Pixels.AsSpan(y * Width * Channels, Width * Channels).CopyTo(result.AsSpan((((top + y) * width) + left) * Channels));
        }

        return new Raster(result, width, height, Channels);
    }

    private float[] Line(int row, (int Start, float[] Shares)[] columns)
    {
        var line = new float[columns.Length * Channels];
        for (var x = 0; x < columns.Length; x++)
        {
            var (start, shares) = columns[x];
            for (var i = 0; i < shares.Length; i++)
            {
                var pixel = Pixel(start + i, row);
                for (var channel = 0; channel < Channels; channel++)
                {
                    line[(x * Channels) + channel] += shares[i] * pixel[channel];
                }
            }
        }

        return line;
    }

    /// <summary>For each new pixel of an axis the first old one that it is made of, and the shares of that and the next ones.</summary>
    private static (int Start, float[] Shares)[] Weights(int from, int to)
    {
        var scale = (double)from / to;
        return [.. Enumerable.Range(0, to).Select(i =>
        {
            if (from < to)
            {
                var center = Math.Clamp(((i + 0.5) * scale) - 0.5, 0, from - 1);
                var first = (int)center;
                return (first, first + 1 < from ? new[] { (float)(first + 1 - center), (float)(center - first) } : [1f]);
            }

            var (begin, end) = (i * scale, Math.Min((i + 1) * scale, from));
            var start = (int)begin;
            var count = Math.Max(1, (int)Math.Ceiling(end - 1e-9) - start);
            return (start, Enumerable.Range(start, count).Select(place => (float)((Math.Min(end, place + 1) - Math.Max(begin, place)) / (end - begin))).ToArray());
        })];
    }

    private static double Luma(byte red, byte green, byte blue) => (0.299 * red) + (0.587 * green) + (0.114 * blue);

    private ReadOnlySpan<byte> Pixel(int column, int row) => Pixels.AsSpan(((row * Width) + column) * Channels, Channels);
}
