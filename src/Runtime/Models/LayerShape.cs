namespace FashionCnn.Models;

/// <summary>The shape of one image's values between two layers: an image, or a vector, which has a length only.</summary>
/// <param name="Height">Rows of an image; 0 for a vector.</param>
/// <param name="Width">Columns of an image; 0 for a vector.</param>
/// <param name="Channels">Channels of an image, length of a vector.</param>
public readonly record struct LayerShape(long Height, long Width, long Channels)
{
    /// <summary>The shape of a vector.</summary>
    public LayerShape(long length)
        : this(0, 0, length)
    {
    }

    /// <summary>It has height and width.</summary>
    public bool IsImage => Height > 0;

    /// <summary>As tables write it: <c>28x28x64</c>, or <c>1024</c> for a vector.</summary>
    public override string ToString() => IsImage ? $"{Height}x{Width}x{Channels}" : $"{Channels}";
}
