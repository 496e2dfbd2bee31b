using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

/// <summary>Images that are moved, computed one value at a time.</summary>
internal static class Sampling
{
    /// <summary>The images of a batch, computed place by place, flattened.</summary>
    public static IEnumerable<float> Images(Tensor images, int size, Func<Func<int, int, float>, int, int, double> value)
    {
        var pixels = images.data<float>().ToArray();
        return
            from image in Enumerable.Range(0, (int)images.shape[0])
            from row in Enumerable.Range(0, size)
            from column in Enumerable.Range(0, size)
            from channel in Enumerable.Range(0, 3)
            select (float)value((y, x) => pixels[(((((image * 3) + channel) * size) + y) * size) + x], row, column);
    }

    /// <summary>The value of an image between its pixels.</summary>
    public static double Sample(Func<int, int, float> pixel, int size, string mode, string interpolation, double fill, double row, double column)
    {
        if (interpolation == "nearest")
        {
            return At((int)Math.Round(row), (int)Math.Round(column));
        }

        var (top, left) = ((int)Math.Floor(row), (int)Math.Floor(column));
        var (down, right) = (row - top, column - left);
        return ((1 - down) * (1 - right) * At(top, left)) + ((1 - down) * right * At(top, left + 1))
            + (down * (1 - right) * At(top + 1, left)) + (down * right * At(top + 1, left + 1));

        double At(int r, int c) => mode == "constant" && (r < 0 || c < 0 || r >= size || c >= size) ? fill : pixel(Inside(r), Inside(c));

        // One step at a time, until the place lies in the image.
        int Inside(int place)
        {
            while (place < 0 || place >= size)
            {
                place = mode switch
                {
                    "wrap" => place < 0 ? place + size : place - size,
                    "reflect" => place < 0 ? -1 - place : (2 * size) - 1 - place,
                    _ => place < 0 ? 0 : size - 1,
                };
            }

            return place;
        }
    }
}
