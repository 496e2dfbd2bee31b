using static TorchSharp.torch;

namespace FashionCnn.Models;

// Augmentation: in training each image of the batch is changed on its own, drawn at the model's Place; in evaluation
// nothing happens.
public abstract partial class ImageClassifier
{
    // The aspect ratio of an erased rectangle lies within this and its reciprocal (Zhong et al., Random Erasing Data Augmentation).
    private const double FlattestRectangle = 0.3;

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

    /// <summary>Shifts each image by a whole number of pixels, drawn evenly up to a fraction of its height and width; empty pixels become 0.</summary>
    protected Tensor random_translation(Tensor x, double height_factor, double width_factor)
    {
        if (!IsTraining)
        {
            return x;
        }

        var rows = SourceIndices(x, 2, height_factor);
        var columns = SourceIndices(x, 3, width_factor);
        var (height, width) = (x.shape[2], x.shape[3]);
        var inside = rows.ge(0).logical_and(rows.lt(height)).logical_and(columns.ge(0)).logical_and(columns.lt(width));
        var moved = x
            .gather(2, rows.clamp(0, height - 1).expand(x.shape))
            .gather(3, columns.clamp(0, width - 1).expand(x.shape));
        return moved * inside;
    }

    /// <summary>Sets a rectangle of each image to 0 with a probability; its area is drawn evenly between two fractions of the image's.</summary>
    protected Tensor random_erasing(Tensor x, double rate, double smallest, double largest)
    {
        if (!IsTraining)
        {
            return x;
        }

        var (height, width) = (x.shape[2], x.shape[3]);
        var area = (Draw(x) * (largest - smallest) + smallest) * (height * width);
        var logarithm = Math.Log(FlattestRectangle);
        var aspect = ((Draw(x) * 2 - 1) * logarithm).exp();
        var rectangleHeight = (area * aspect).sqrt().round().clamp(1, height);
        var rectangleWidth = (area / aspect).sqrt().round().clamp(1, width);
        var top = (Draw(x) * (height - rectangleHeight + 1)).floor();
        var left = (Draw(x) * (width - rectangleWidth + 1)).floor();
        var row = arange(height, device: x.device).reshape(1, 1, height, 1);
        var column = arange(width, device: x.device).reshape(1, 1, 1, width);
        var erased = row.ge(top).logical_and(row.lt(top + rectangleHeight))
            .logical_and(column.ge(left)).logical_and(column.lt(left + rectangleWidth))
            .logical_and(Draw(x).lt(rate));
        return x * erased.logical_not();
    }

    /// <summary>For each image and place along a dimension, the place that its value comes from, which may lie outside.</summary>
    private Tensor SourceIndices(Tensor x, int dimension, double factor)
    {
        var size = x.shape[dimension];
        var largest = Math.Floor(factor * size);
        var shift = (Draw(x) * (2 * largest + 1)).floor() - largest;
        var places = arange(size, device: x.device).reshape(dimension == 2 ? [1, 1, size, 1] : [1, 1, 1, size]);
        return (places - shift).to(int64);
    }
}
