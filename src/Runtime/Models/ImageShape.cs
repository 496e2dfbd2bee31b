namespace FashionCnn.Models;

/// <summary>Height, width and channels of an image, in the order in which specs write them.</summary>
/// <param name="Height">Rows of pixels.</param>
/// <param name="Width">Columns of pixels.</param>
/// <param name="Channels">Values per pixel: 1 for gray, 3 for color.</param>
public readonly record struct ImageShape(int Height, int Width, int Channels)
{
    /// <summary>Pixels times channels.</summary>
    public int Count => Height * Width * Channels;

    /// <summary>The shape as messages write it: <c>28x28x1</c>.</summary>
    public override string ToString() => $"{Height}x{Width}x{Channels}";
}
