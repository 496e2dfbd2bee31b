namespace FashionCnn.Models;

/// <summary>How the values of an image lie in memory, in Keras's words. It decides which of Torch's kernels compute a model, and how fast.</summary>
internal static class MemoryLayout
{
    /// <summary>The values of a pixel lie side by side.</summary>
    public const string ChannelsLast = "channels_last";

    /// <summary>The pixels of a channel lie side by side.</summary>
    public const string ChannelsFirst = "channels_first";

    /// <summary>Turns <c>auto</c>, <c>channels_last</c> or <c>channels_first</c> into one of the latter two.</summary>
    /// <param name="choice">What is asked for. Auto is channels last, in which Torch's kernels take the images as they lie, where otherwise each convolution reorders them before and after.</param>
    /// <exception cref="InputException">There is no such layout.</exception>
    public static string Resolve(string choice) => choice switch
    {
        ChannelsLast or ChannelsFirst => choice,
        "auto" => ChannelsLast,
        _ => throw new InputException($"There is no layout '{choice}'. Use auto, {ChannelsLast} or {ChannelsFirst}.") { Setting = InputSetting.Layout },
    };

    /// <summary>The layout of a model (<see cref="ImageClassifier.ChannelsLast"/>).</summary>
    public static string Of(bool channelsLast) => channelsLast ? ChannelsLast : ChannelsFirst;

    /// <summary>The other one of the two.</summary>
    public static string Other(string layout) => Of(layout != ChannelsLast);
}
