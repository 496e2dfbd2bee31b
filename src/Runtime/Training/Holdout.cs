using FashionCnn.Data;

namespace FashionCnn.Training;

/// <summary>Holds training images out for validation: the same fraction of each class, by seed.</summary>
public static class Holdout
{
    /// <summary>The images to train on and those held out, each in file order.</summary>
    /// <param name="images">The training images.</param>
    /// <param name="fraction">Above 0 and below 1.</param>
    /// <param name="seed">Chooses the images.</param>
    public static (ImageSet Train, ImageSet Validation) Split(ImageSet images, double fraction, long seed)
    {
        // Stream -1: the epochs' orders have the streams from 1.
        var held = Shuffle.Order(images.Count, seed, -1)
            .GroupBy(place => images.Labels[place])
            .SelectMany(places => places.Take((int)Math.Round(fraction * places.Count(), MidpointRounding.AwayFromZero)))
            .ToHashSet();
        if (held.Count == 0 || held.Count == images.Count)
        {
            throw new InputException(
                $"validation_split {fraction} of {images.Count} training images leaves none to {(held.Count == 0 ? "validate" : "train")} on. Use more images or another fraction.")
            {
                Setting = "validation_split",
            };
        }

        return (Select(images, place => !held.Contains(place)), Select(images, held.Contains));
    }

    private static ImageSet Select(ImageSet images, Func<long, bool> isWanted)
    {
        var places = Enumerable.Range(0, images.Count).Where(place => isWanted(place)).ToArray();
        var size = images.Shape.Count;
        var pixels = new byte[places.Length * size];
        for (var i = 0; i < places.Length; i++)
        {
            Buffer.BlockCopy(images.Pixels, places[i] * size, pixels, i * size, size);
        }

        return new ImageSet(pixels, [.. places.Select(place => images.Labels[place])], images.Shape);
    }
}
