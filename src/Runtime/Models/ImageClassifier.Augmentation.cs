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
            x = Move(x, dimension, back, fill_mode, bilinear, fill_value);
        }

        return InLayout(x);
    }

    /// <summary>Turns each image counterclockwise about its center, by a fraction of a full turn that is drawn evenly between two bounds.</summary>
    /// <param name="x">N x channels x height x width.</param>
    /// <param name="factor">The bounds; a negative one is clockwise.</param>
    /// <param name="fill_mode">What comes in at the edges.</param>
    /// <param name="bilinear">Takes values from between pixels; otherwise those of the nearest pixel.</param>
    /// <param name="fill_value">What comes in with <see cref="FillMode.Constant"/>.</param>
    protected Tensor random_rotation(
        Tensor x, (double Low, double High) factor, FillMode fill_mode = FillMode.Reflect, bool bilinear = true, double fill_value = 0)
    {
        if (!IsTraining)
        {
            return x;
        }

        var angle = Draw(x, factor) * Math.Tau;
        var (sine, cosine) = (angle.sin(), angle.cos());
        var (middleRow, middleColumn) = ((x.shape[2] - 1) / 2.0, (x.shape[3] - 1) / 2.0);
        var (rows, columns) = (Places(x, 2) - middleRow, Places(x, 3) - middleColumn);
        // From a place to the one that its value comes from: turned the other way.
        var (fromRow, fromColumn) = ((columns * sine) + (rows * cosine) + middleRow, (columns * cosine) - (rows * sine) + middleColumn);
        var (row, column) = bilinear ? (fromRow.floor(), fromColumn.floor()) : (fromRow.round(), fromColumn.round());
        if (!bilinear)
        {
            return InLayout(Pixels(x, row, column, fill_mode, fill_value));
        }

        var (down, right) = ((fromRow - row).to(x.dtype), (fromColumn - column).to(x.dtype));
        return InLayout(lerp(
            lerp(Pixels(x, row, column, fill_mode, fill_value), Pixels(x, row, column + 1, fill_mode, fill_value), right),
            lerp(Pixels(x, row + 1, column, fill_mode, fill_value), Pixels(x, row + 1, column + 1, fill_mode, fill_value), right),
            down));
    }

    /// <summary>Enlarges or shrinks each image about its center, by factors drawn evenly between two bounds.</summary>
    /// <param name="x">N x channels x height x width.</param>
    /// <param name="height_factor">The bounds of how much more of the height is seen, as a fraction; a negative one enlarges.</param>
    /// <param name="width_factor">The same of the width; without it, what was drawn for the height.</param>
    /// <param name="fill_mode">What comes in at the edges.</param>
    /// <param name="bilinear">Takes values from between pixels; otherwise those of the nearest pixel.</param>
    /// <param name="fill_value">What comes in with <see cref="FillMode.Constant"/>.</param>
    protected Tensor random_zoom(
        Tensor x,
        (double Low, double High) height_factor,
        (double Low, double High)? width_factor = null,
        FillMode fill_mode = FillMode.Reflect,
        bool bilinear = true,
        double fill_value = 0)
    {
        if (!IsTraining)
        {
            return x;
        }

        var height = Draw(x, height_factor);
        foreach (var (dimension, zoom) in new[] { (2, height), (3, width_factor is { } factor ? Draw(x, factor) : height) })
        {
            x = Move(x, dimension, (Places(x, dimension) - ((x.shape[dimension] - 1) / 2.0)) * zoom, fill_mode, bilinear, fill_value);
        }

        return InLayout(x);
    }

    /// <summary>Multiplies the distance of each value from its channel's mean by a number that is drawn evenly for each image.</summary>
    /// <param name="x">N x channels x height x width.</param>
    /// <param name="factor">How far the number may lie below 1, and how far above.</param>
    /// <param name="value_range">What the values are clipped to.</param>
    protected Tensor random_contrast(Tensor x, (double Low, double High) factor, (double Low, double High) value_range)
    {
        if (!IsTraining)
        {
            return x;
        }

        // In double precision, so that it is the same however the values lie.
        var mean = x.mean([2, 3], keepdim: true, type: float64).to(x.dtype);
        return InLayout((((x - mean) * Draw(x, (1 - factor.Low, 1 + factor.High)).to(x.dtype)) + mean).clamp(value_range.Low, value_range.High));
    }

    /// <summary>Adds a number to all values of an image, drawn evenly for each.</summary>
    /// <param name="x">N x channels x height x width.</param>
    /// <param name="factor">The bounds of the number, as fractions of the range.</param>
    /// <param name="value_range">What the values are clipped to.</param>
    protected Tensor random_brightness(Tensor x, (double Low, double High) factor, (double Low, double High) value_range) => !IsTraining
        ? x
        : InLayout((x + (Draw(x, factor) * (value_range.High - value_range.Low)).to(x.dtype)).clamp(value_range.Low, value_range.High));

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
        return InLayout(fill_value is { } value
            ? x.masked_fill(erased, value)
            : where(erased, (Noise(x) * noise.High).clamp(noise.Low, noise.High).to(x.dtype), x));
    }

    /// <summary>The values that lie further along a dimension, by a number for each image, or for each place of it.</summary>
    private static Tensor Move(Tensor x, int dimension, Tensor distance, FillMode mode, bool bilinear, double fill_value)
    {
        var whole = bilinear ? distance.floor() : distance.round();
        var values = Fetch(x, dimension, whole, mode, fill_value);
        return bilinear ? lerp(values, Fetch(x, dimension, whole + 1, mode, fill_value), (distance - whole).to(x.dtype)) : values;
    }

    /// <summary>The values that lie a whole number of places further along a dimension.</summary>
    private static Tensor Fetch(Tensor x, int dimension, Tensor distance, FillMode mode, double fill_value)
    {
        var source = Places(x, dimension) + distance.to(int64);
        var inside = Inside(source, x.shape[dimension], mode);
        var values = x.gather(dimension, inside.expand(x.shape));
        return mode == FillMode.Constant ? values.masked_fill(source.ne(inside), fill_value) : values;
    }

    /// <summary>The pixels at rows and columns, which are whole numbers, N x 1 x height x width.</summary>
    private static Tensor Pixels(Tensor x, Tensor row, Tensor column, FillMode mode, double fill_value)
    {
        var (images, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        var (rows, columns) = (row.to(int64), column.to(int64));
        var (insideRows, insideColumns) = (Inside(rows, height, mode), Inside(columns, width, mode));
        var image = arange(images, dtype: int64, device: x.device).view(-1, 1, 1, 1);
        var index = (((image * height) + insideRows) * width) + insideColumns;
        var values = x.permute(0, 2, 3, 1).reshape(-1, channels).index_select(0, index.flatten()).view(images, height, width, channels).permute(0, 3, 1, 2);
        return mode == FillMode.Constant ? values.masked_fill(rows.ne(insideRows).logical_or(columns.ne(insideColumns)), fill_value) : values;
    }

    /// <summary>The places in the image that stand for places anywhere.</summary>
    private static Tensor Inside(Tensor source, long size, FillMode mode) => mode switch
    {
        FillMode.Wrap => source.remainder(size),
        // Of each 2 · size places the second half runs backwards.
        FillMode.Reflect => minimum(source.remainder(2 * size), (-1 - source).remainder(2 * size)),
        _ => source.clamp(0, size - 1),
    };

    /// <summary>
    /// The same images in the model's layout, which fetching single values loses, and so does arithmetic with numbers of each image where the
    /// images have one channel. All that follows would be computed in the other layout.
    /// </summary>
    private Tensor InLayout(Tensor x) => x.dim() != 4 ? x : ChannelsLast ? ChannelsInnermost(x) : channels_first(x);

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
