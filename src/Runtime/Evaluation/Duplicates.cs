using FashionCnn.Data;

namespace FashionCnn.Evaluation;

/// <summary>Finds images that stand in two sets.</summary>
public static class Duplicates
{
    /// <summary>The places of the images of one set whose pixels are those of an image of the other.</summary>
    public static IReadOnlyList<int> Find(ImageSet images, ImageSet among)
    {
        var size = images.Shape.Count;
        if (among.Shape != images.Shape)
        {
            return [];
        }

        var known = Enumerable.Range(0, among.Count).Select(i => Content(among, i)).ToHashSet();
        return [.. Enumerable.Range(0, images.Count).Where(i => known.Contains(Content(images, i)))];

        // Latin-1 keeps every byte: two texts are equal exactly when the pixels are.
        string Content(ImageSet set, int image) => System.Text.Encoding.Latin1.GetString(set.Pixels, image * size, size);
    }
}
