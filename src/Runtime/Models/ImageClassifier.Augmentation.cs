using static TorchSharp.torch;

namespace FashionCnn.Models;

// Augmentation: in training each image of the batch is changed on its own, drawn at the model's Place; in evaluation
// nothing happens.
public abstract partial class ImageClassifier
{
    /// <summary>Mirrors each image with probability 1/2 along each of the axes.</summary>
    protected Tensor random_flip(Tensor x, bool horizontal, bool vertical)
    {
        if (!IsTraining)
        {
            return x;
        }

        if (horizontal)
        {
            x = where(Draw(x).lt(0.5), x.flip(3), x);
        }

        return vertical ? where(Draw(x).lt(0.5), x.flip(2), x) : x;
    }

    /// <summary>Shifts each image downwards and to the right by fractions of its height and width, drawn evenly between two bounds.</summary>
    /// <param name="x">N x channels x height x width.</param>
    /// <param name="height_factor">The bounds of the shift downwards; a negative one is upwards.</param>
    /// <param name="width_factor">The bounds of the shift to the right; a negative one is to the left.</param>
    /// <param name="fill_mode">What comes in at the edges.</param>
    /// <param name="bilinear">Shifts by parts of a pixel; otherwise the shift is rounded.</param>
    /// <param name="fill_value">What comes in with <see cref="FillMode.Constant"/>.</param>
    protected Tensor random_translation(
        Tensor x,
        (double Low, double High) height_factor,
        (double Low, double High) width_factor,
        FillMode fill_mode = FillMode.Reflect,
        bool bilinear = true,
        double fill_value = 0)
    {
        if (!IsTraining)
        {
            return x;
        }

        foreach (var (dimension, factor) in new[] { (2, height_factor), (3, width_factor) })
        {
            // From a place to the one that its value comes from.
            var back = Draw(x) * ((factor.Low - factor.High) * x.shape[dimension]) - (factor.Low * x.shape[dimension]);
            var whole = bilinear ? back.floor() : back.round();
            var shifted = Fetch(x, dimension, whole, fill_mode, fill_value);
            x = bilinear ? lerp(shifted, Fetch(x, dimension, whole + 1, fill_mode, fill_value), (back - whole).to(x.dtype)) : shifted;
        }

        return x;
    }

    /// <summary>Overwrites a rectangle of an image, of each with a probability that is drawn for it.</summary>
    /// <param name="x">N x channels x height x width.</param>
    /// <param name="factor">The bounds of the probability.</param>
    /// <param name="scale">The bounds of the squares of the rectangle's height and width, as fractions of the image's; each is drawn on its own.</param>
    /// <param name="fill_value">What the rectangle becomes; noise without it.</param>
    /// <param name="noise">The noise's bounds; the second one is its standard deviation before it is cut off at both.</param>
    protected Tensor random_erasing(
        Tensor x, (double Low, double High) factor, (double Low, double High) scale, double? fill_value = null, (double Low, double High) noise = default)
    {
        if (!IsTraining)
        {
            return x;
        }

        var erased = Draw(x).lt(Draw(x, factor)).logical_and(Strip(x, 2, scale)).logical_and(Strip(x, 3, scale));
        return fill_value is { } value
            ? x.masked_fill(erased, value)
            : where(erased, (Noise(x) * noise.High).clamp(noise.Low, noise.High).to(x.dtype), x);
    }

    /// <summary>The values that lie a whole number of places further along a dimension, a number for each image.</summary>
    private static Tensor Fetch(Tensor x, int dimension, Tensor distance, FillMode mode, double fill_value)
    {
        var size = x.shape[dimension];
        var source = Places(x, dimension) + distance.to(int64);
        var inside = mode switch
        {
            FillMode.Wrap => source.remainder(size),
            // Of each 2 · size places the second half runs backwards.
            FillMode.Reflect => minimum(source.remainder(2 * size), (-1 - source).remainder(2 * size)),
            _ => source.clamp(0, size - 1),
        };
        var values = x.gather(dimension, inside.expand(x.shape));
        return mode == FillMode.Constant ? values.masked_fill(source.ne(inside), fill_value) : values;
    }

    /// <summary>The places along a dimension that lie in an interval, one for each image, which is drawn: first its length, then where it begins.</summary>
    private Tensor Strip(Tensor x, int dimension, (double Low, double High) scale)
    {
        var size = x.shape[dimension];
        var length = Draw(x, scale).sqrt() * size;
        var start = Draw(x) * (size - length);
        var places = Places(x, dimension);
        return places.ge(start).logical_and(places.lt(start + length));
    }

    /// <summary>0, 1, 2 and so on along a dimension.</summary>
    private static Tensor Places(Tensor x, int dimension) =>
        arange(x.shape[dimension], dtype: int64, device: x.device).reshape(dimension == 2 ? [1, 1, x.shape[2], 1] : [1, 1, 1, x.shape[3]]);

    /// <summary>One number for each image, drawn evenly between two bounds: N x 1 x 1 x 1.</summary>
    private Tensor Draw(Tensor x, (double Low, double High) bounds) => (Draw(x) * (bounds.High - bounds.Low)) + bounds.Low;
}
