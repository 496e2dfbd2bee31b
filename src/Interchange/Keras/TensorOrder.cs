using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Interchange.Keras;

/// <summary>Brings the values of a tensor from the order in which Keras keeps them into that of the state dict, and back.</summary>
internal static class TensorOrder
{
    /// <summary>The sizes in the state dict.</summary>
    public static IReadOnlyList<long> ShapeOf(KerasOrder order, long[] keras) => order switch
    {
        KerasOrder.Reversed when keras.Length == 4 => [keras[3], keras[2], keras[0], keras[1]],
        KerasOrder.Reversed => [keras[1], keras[0]],
        // A factor for each channel is an array of them.
        KerasOrder.Image when keras is [1, 1, var channels] => [channels],
        KerasOrder.Image when keras.Length == 3 => [keras[2], keras[0], keras[1]],
        KerasOrder.Count => [1],
        KerasOrder.Depthwise => [keras[2] * keras[3], 1, keras[0], keras[1]],
        _ => keras,
    };

    /// <summary>The sizes in Keras of a tensor of the state dict.</summary>
    /// <param name="order">Keras's order.</param>
    /// <param name="shape">The sizes in the state dict.</param>
    /// <param name="input">What the layer reads.</param>
    public static long[] KerasShapeOf(KerasOrder order, IReadOnlyList<long> shape, Shape input) => order switch
    {
        KerasOrder.Reversed when shape.Count == 4 => [shape[2], shape[3], shape[1], shape[0]],
        KerasOrder.Reversed => [shape[1], shape[0]],
        KerasOrder.Depthwise => [shape[2], shape[3], input.Channels, shape[0] / input.Channels],
        KerasOrder.Image when shape.Count == 1 && input.IsImage => [1, 1, shape[0]],
        KerasOrder.Image when shape.Count == 3 => [shape[1], shape[2], shape[0]],
        KerasOrder.Count => [],
        _ => [.. shape],
    };

    /// <summary>The values in Keras's order.</summary>
    /// <param name="order">Keras's order.</param>
    /// <param name="values">The values in the order of the state dict.</param>
    /// <param name="shape">The sizes as Keras has them.</param>
    public static float[] ToKeras(KerasOrder order, float[] values, long[] shape) => Move(order, values, shape, reversesChannels: false, toKeras: true);

    /// <summary>The values in the order of the state dict.</summary>
    /// <param name="order">Keras's order.</param>
    /// <param name="values">The values in Keras's order.</param>
    /// <param name="shape">The sizes as Keras has them.</param>
    /// <param name="reversesChannels">The channels of a convolution's input come in the opposite order.</param>
    public static float[] Of(KerasOrder order, float[] values, long[] shape, bool reversesChannels) => Move(order, values, shape, reversesChannels, toKeras: false);

    private static float[] Move(KerasOrder order, float[] values, long[] shape, bool reversesChannels, bool toKeras)
    {
        if (order is KerasOrder.Same or KerasOrder.Count || (order == KerasOrder.Image && shape.Length != 3))
        {
            return values;
        }

        // Height x width in front, then rows and columns that change places: in and out, or channel and multiplier, which do not.
        if (order == KerasOrder.Image)
        {
            shape = [.. shape, 1];
        }

        var isMatrix = shape.Length == 2;
        var pixels = isMatrix ? 1 : checked((int)(shape[0] * shape[1]));
        var rows = (int)(isMatrix ? shape[0] : shape[2]);
        var columns = (int)(isMatrix ? shape[1] : shape[3]);
        var result = new float[values.Length];
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            for (var row = 0; row < rows; row++)
            {
                var keras = ((pixel * rows) + (reversesChannels ? rows - 1 - row : row)) * columns;
                for (var column = 0; column < columns; column++, keras++)
                {
                    var place = order == KerasOrder.Depthwise ? (row * columns) + column : (column * rows) + row;
                    var here = (place * pixels) + pixel;
                    if (toKeras)
                    {
                        result[keras] = values[here];
                    }
                    else
                    {
                        result[here] = values[keras];
                    }
                }
            }
        }

        return result;
    }
}
