namespace FashionCnn.Interchange;

/// <summary>What numbers a model was fed for the pixels of an image.</summary>
public enum PixelRange
{
    /// <summary>0 to 1, as this program has them.</summary>
    ZeroToOne,

    /// <summary>0 to 255.</summary>
    ZeroTo255,

    /// <summary>-1 to 1.</summary>
    MinusOneToOne,

    /// <summary>Blue, green and red from 0 to 255, less the means of ImageNet.</summary>
    Caffe,

    /// <summary>0 to 1, less the means of ImageNet, divided by its standard deviations.</summary>
    Torch,
}

/// <summary>The ranges by the words that stand for them.</summary>
public static class PixelRanges
{
    /// <summary>The words, in the order of the values.</summary>
    public static IReadOnlyList<string> Words { get; } = ["0..1", "0..255", "-1..1", "caffe", "torch"];

    /// <summary>The range of a word; null for another word.</summary>
    public static PixelRange? Find(string word) => Words.ToList().IndexOf(word) is >= 0 and var index ? (PixelRange)index : null;

    /// <summary>The word of a range.</summary>
    public static string Word(this PixelRange range) => Words[(int)range];
}
