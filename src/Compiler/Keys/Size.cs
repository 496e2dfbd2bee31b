using System.Globalization;

namespace FashionCnn.Compiler.Keys;

/// <summary>A height and a width: of a kernel, a pool, a stride, a dilation.</summary>
internal readonly record struct Size(int Height, int Width)
{
    public static Size One => new(1, 1);

    public override string ToString() => Height.ToString(CultureInfo.InvariantCulture) + "x" + Width.ToString(CultureInfo.InvariantCulture);
}
