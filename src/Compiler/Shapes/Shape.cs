using System.Globalization;

namespace FashionCnn.Compiler.Shapes;

/// <summary>The shape of one image's values between two layers: an image, or a vector (then all of it is channels).</summary>
internal readonly record struct Shape
{
    private Shape(bool isImage, long height, long width, long channels)
    {
        IsImage = isImage;
        Height = height;
        Width = width;
        Channels = channels;
    }

    public bool IsImage { get; }

    public long Height { get; }

    public long Width { get; }

    /// <summary>Channels of an image, length of a vector.</summary>
    public long Channels { get; }

    /// <summary>How many values there are.</summary>
    public long Count => checked(Height * Width * Channels);

    public static Shape Image(long height, long width, long channels) => new(true, height, width, channels);

    public static Shape Vector(long length) => new(false, 1, 1, length);

    public Shape WithChannels(long channels) => new(IsImage, Height, Width, channels);

    /// <summary><c>28x28x64</c>, or <c>1024</c> for a vector.</summary>
    public override string ToString() => IsImage ? Number(Height) + "x" + Number(Width) + "x" + Number(Channels) : Number(Channels);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
