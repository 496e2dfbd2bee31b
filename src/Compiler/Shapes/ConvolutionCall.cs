using FashionCnn.Compiler.Keys;

namespace FashionCnn.Compiler.Shapes;

/// <summary>
/// How to call Torch for a convolution of one shape: which padding, and which of its kernels to avoid. Torch pads both
/// sides alike; where Keras pads the bottom and the right one more, the image is padded first.
/// </summary>
/// <param name="Top">Rows of padding above.</param>
/// <param name="Bottom">Rows of padding below.</param>
/// <param name="Left">Columns of padding on the left.</param>
/// <param name="Right">Columns of padding on the right.</param>
/// <param name="IsFp32">
/// It must be computed in float32: some weight never meets a pixel, and Torch's bf16 kernels leave the gradient of such a weight unwritten,
/// whatever was in memory before. Padding that is added first counts as pixels.
/// </param>
/// <param name="IsChannelsFirst">
/// The image must have the strides of channels first. Where its channels lie innermost, Torch's float32 kernels write beyond their memory
/// for a 1x1 kernel with strides over few channels (seen below 8, on AVX2), and one channel, which lies the same either way and is taken
/// for innermost, gives wrong results when the kernel skips columns and no rows.
/// </param>
internal readonly record struct ConvolutionCall(long Top, long Bottom, long Left, long Right, bool IsFp32, bool IsChannelsFirst)
{
    // The floats in the widest vector of a processor.
    private const int FewChannels = 16;

    /// <summary>Whether the image is padded before Torch gets it.</summary>
    public bool IsPaddedFirst => Top != Bottom || Left != Right;

    /// <summary>The call for a kernel's windows over an image of one size.</summary>
    public static ConvolutionCall For(Window height, Window width, long inputHeight, long inputWidth, long inputChannels)
    {
        var (top, bottom) = height.Padding(inputHeight);
        var (left, right) = width.Padding(inputWidth);
        var isPaddedFirst = top != bottom || left != right;
        var seesAll = height.Reach(inputHeight) == height.Size && width.Reach(inputWidth) == width.Size;
        return new ConvolutionCall(
            top, bottom, left, right,
            IsFp32: !isPaddedFirst && !seesAll,
            IsChannelsFirst: StridesOverFewChannels(new Size(height.Size, width.Size), new Size(height.Stride, width.Stride), inputChannels));
    }

    /// <summary>
    /// Whether Torch's kernels are wrong for a convolution whose channels lie innermost, as <see cref="IsChannelsFirst"/> says. The gradient of a
    /// transposed convolution's input is such a convolution, over as many channels as the layer has filters.
    /// </summary>
    public static bool StridesOverFewChannels(Size kernel, Size strides, long channels) =>
        (channels < FewChannels && kernel == Size.One && strides != Size.One) || (channels == 1 && strides is { Height: 1, Width: > 1 });
}
