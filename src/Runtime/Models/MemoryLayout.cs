using FashionCnn.Native;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>How the values of an image lie in memory, in Keras's words. It decides which of Torch's kernels compute a model, and how fast.</summary>
public static class MemoryLayout
{
    /// <summary>The values of a pixel lie side by side.</summary>
    public const string ChannelsLast = "channels_last";

    /// <summary>The pixels of a channel lie side by side.</summary>
    public const string ChannelsFirst = "channels_first";

    /// <summary>Turns <c>auto</c>, <c>channels_last</c> or <c>channels_first</c> into one of the latter two.</summary>
    /// <param name="choice">What is asked for.</param>
    /// <param name="model">The model, by whose layers auto chooses.</param>
    /// <param name="precision"><c>fp32</c> or <c>bf16</c>, by which auto chooses too.</param>
    /// <exception cref="InputException">There is no such layout or precision.</exception>
    public static string Resolve(string choice, ModelDescriptor model, string precision) => choice switch
    {
        ChannelsLast or ChannelsFirst => choice,
        "auto" => Of(IsChannelsLastBetter(model, ComputePrecision.Type(precision))),
        _ => throw new InputException($"There is no layout '{choice}'. Use auto, {ChannelsLast} or {ChannelsFirst}.") { Setting = InputSetting.Layout },
    };

    /// <summary>The layout of a model (<see cref="ImageClassifier.ChannelsLast"/>).</summary>
    public static string Of(bool channelsLast) => channelsLast ? ChannelsLast : ChannelsFirst;

    /// <summary>The other one of the two.</summary>
    public static string Other(string layout) => Of(layout != ChannelsLast);

    // Torch's kernels take the images as they lie when their channels are innermost, where otherwise each convolution would reorder them
    // before and after. But in float32 Torch adds up the statistics of batch normalization without care in this layout: over 32 images of
    // 28x28, 7e-5 of the largest value are lost, otherwise 1e-7.
    internal static bool IsChannelsLastBetter(ModelDescriptor model, ScalarType precision) =>
        precision == bfloat16 || !model.Layers.Any(layer => layer.Kind == "BatchNormalization");
}
