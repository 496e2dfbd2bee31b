namespace FashionCnn.Models;

/// <summary>What comes in at the edges of an image that is moved: how <c>a b c d</c> goes on to both sides.</summary>
public enum FillMode
{
    /// <summary><c>d c b a | a b c d | d c b a</c>: mirrored at the edge.</summary>
    Reflect,

    /// <summary><c>k k k k | a b c d | k k k k</c>: one value.</summary>
    Constant,

    /// <summary><c>a b c d | a b c d | a b c d</c>: the image again.</summary>
    Wrap,

    /// <summary><c>a a a a | a b c d | d d d d</c>: the pixel at the edge.</summary>
    Nearest,
}
