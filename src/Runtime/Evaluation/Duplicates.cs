using System.Runtime.Intrinsics;
using FashionCnn.Data;

namespace FashionCnn.Evaluation;

/// <summary>
/// Finds images that occur in two sets: the same photograph, although its bytes may differ a little. Fashion-MNIST has no test image
/// that equals a training image byte for byte, but ten that differ by less than <see cref="MeanDifference"/>.
/// </summary>
internal static class Duplicates
{
    /// <summary>Two images whose pixels differ by less than this on average, of 255, are called the same.</summary>
    public const int MeanDifference = 3;

    /// <summary>The indexes of the images of one set that also occur in the other; null when they are not held in memory, where each pair would be decoded.</summary>
    public static IReadOnlyList<int>? Find(ImageSet images, ImageSet among)
    {
        if (!images.IsHeld || !among.IsHeld)
        {
            return null;
        }

        if (among.Shape != images.Shape)
        {
            return [];
        }

        // The sums of two images, or of their parts, never differ by more than their pixels do: almost all pairs are ruled out by
        // the sum, and almost all others by those of the parts.
        var limit = MeanDifference * images.Shape.Count;
        var sums = PartSums(images);
        var unordered = PartSums(among);
        var order = Enumerable.Range(0, among.Count).ToArray();
        var totals = Array.ConvertAll(unordered, Vector512.Sum);
        Array.Sort(totals, order);
        var others = Array.ConvertAll(order, i => unordered[i]);
        return [.. Enumerable.Range(0, images.Count).Where(HasDuplicate)];

        bool HasDuplicate(int image)
        {
            var parts = sums[image];
            var total = Vector512.Sum(parts);
            var first = Array.BinarySearch(totals, total - limit);
            for (var i = first < 0 ? ~first : first; i < totals.Length && totals[i] < total + limit; i++)
            {
                if (Vector512.Sum(Vector512.Abs(parts - others[i])) < limit && Difference(Pixels(images, image), Pixels(among, order[i])) < limit)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static ReadOnlySpan<byte> Pixels(ImageSet set, int image) => set.Pixels.AsSpan(image * set.Shape.Count, set.Shape.Count);

    private static Vector512<int>[] PartSums(ImageSet set)
    {
        var sums = new Vector512<int>[set.Count];
        Span<int> parts = stackalloc int[Vector512<int>.Count];
        for (var image = 0; image < set.Count; image++)
        {
            var pixels = Pixels(set, image);
            parts.Clear();
            for (var i = 0; i < pixels.Length; i++)
            {
                parts[i * parts.Length / pixels.Length] += pixels[i];
            }

            sums[image] = Vector512.Create<int>(parts);
        }

        return sums;
    }

    private static int Difference(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var difference = 0;
        for (var i = 0; i < first.Length; i++)
        {
            difference += Math.Abs(first[i] - second[i]);
        }

        return difference;
    }
}
