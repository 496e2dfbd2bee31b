using FashionCnn.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

// What the generated Logits is written in. The names are Torch's; as members of the base class in lower case they can be hidden
// neither by a layer's property, which is in PascalCase, nor by a type in the consumer's namespaces. A trailing underscore, as in
// Torch, says that the operation overwrites its argument: the compiler uses it only where the gradient does not need the old value.
// Those that compute with many values at once go through Operate, where they can be watched.
public abstract partial class ImageClassifier
{
    /// <summary>
    /// Convolution, N x channels x height x width. With <paramref name="fp32"/> it is computed in float32 whatever the precision is: the
    /// compiler asks for that where a part of the kernel never meets a pixel, of which Torch's bf16 kernels leave the gradient unwritten.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">Its input.</param>
    /// <param name="fp32">Stays in float32.</param>
    /// <param name="norm">The normalization of its output, which costs nothing in evaluation: there it becomes part of the weights.</param>
    protected Tensor conv2d(Conv2d layer, Tensor x, bool fp32 = false, BatchNormalization? norm = null) =>
        norm is null ? Convolve(layer, x, fp32)
        : IsTraining || Watch is not null ? batch_norm(norm, Convolve(layer, x, fp32))
        : ConvolveNormalized(layer, norm, x, fp32 && Precision == bfloat16 ? float32 : Precision).to(Precision);

    /// <summary>
    /// The same images, the pixels of each channel side by side in memory. An image of one channel lies the same either way, so Torch may
    /// take it for one with its channels innermost; the compiler asks for this where a convolution of such an image is then wrong.
    /// </summary>
    // By way of a vector: contiguous() leaves the strides of such an image as they are.
    protected static Tensor channels_first(Tensor x) => x.reshape(x.shape[0], -1).reshape(x.shape);

    /// <summary>Matrix product and bias, N x features; of images, N x channels x height x width, the channels of each pixel.</summary>
    protected Tensor linear(Linear layer, Tensor x) => Operate(Signaled(x), layer, static (model, layer, x) =>
        x.dim() == 4 ? model.Multiply(layer, x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2) : model.Multiply(layer, x));

    /// <summary>Normalization over the batch in training, by the moving statistics in evaluation.</summary>
    protected Tensor batch_norm(BatchNormalization layer, Tensor x) => Operate(x, layer, static (model, layer, x) => layer.Normalize(x, model.IsTraining));

    /// <summary>max(x, 0), which may overwrite x, and then its normalization: together they read and write the images half as often.</summary>
    protected Tensor relu_batch_norm_(BatchNormalization layer, Tensor x) => Operate(x, (layer, Overwrite: Watch is null), static (model, by, x) =>
        by.layer.NormalizeRelu(x, model.IsTraining, by.Overwrite));

    /// <summary>The maximum of each window.</summary>
    protected Tensor max_pool2d(Tensor x, (long, long) kernel_size, (long, long) stride, (long, long)? padding = null) =>
        Operate(x, (kernel_size, stride, padding), static (_, by, x) => nn.functional.max_pool2d(x, by.kernel_size, by.stride, by.padding));

    /// <summary>The maximum of each window, padded by different amounts on the four sides; padding never wins.</summary>
    protected Tensor max_pool2d(Tensor x, (long, long) kernel_size, (long, long) stride, long top, long bottom, long left, long right) =>
        Operate(x, (kernel_size, stride, top, bottom, left, right), static (_, by, x) => nn.functional.max_pool2d(
            pad(x, by.top, by.bottom, by.left, by.right, double.NegativeInfinity), by.kernel_size, by.stride));

    /// <summary>The average of each window; padding does not enter it.</summary>
    protected Tensor avg_pool2d(Tensor x, (long, long) kernel_size, (long, long) stride, (long, long)? padding = null) =>
        Operate(x, (kernel_size, stride, padding), static (_, by, x) => nn.functional.avg_pool2d(x, by.kernel_size, by.stride, by.padding, count_include_pad: false));

    /// <summary>The average of each window, padded by different amounts on the four sides; padding does not enter it.</summary>
    protected Tensor avg_pool2d(Tensor x, (long, long) kernel_size, (long, long) stride, long top, long bottom, long left, long right) =>
        Operate(x, (kernel_size, stride, top, bottom, left, right), static (_, by, x) =>
        {
            // The padded average is too small by the share of the window that is image, which is the padded average of ones.
            var share = nn.functional.avg_pool2d(
                pad(ones(1, 1, x.shape[2], x.shape[3], x.dtype, x.device), by.top, by.bottom, by.left, by.right), by.kernel_size, by.stride);
            return nn.functional.avg_pool2d(pad(x, by.top, by.bottom, by.left, by.right), by.kernel_size, by.stride) / share;
        });

    /// <summary>The average of each channel: N x channels x height x width to N x channels, or to N x channels x 1 x 1.</summary>
    protected Tensor global_avg_pool2d(Tensor x, bool keepdims = false) => Operate(x, keepdims, static (_, keepdims, x) => x.mean([2, 3], keepdims));

    /// <summary>The maximum of each channel: N x channels x height x width to N x channels, or to N x channels x 1 x 1.</summary>
    protected Tensor global_max_pool2d(Tensor x, bool keepdims = false) => Operate(x, keepdims, static (_, keepdims, x) => x.amax([2, 3], keepdims));

    /// <summary>
    /// Transposed convolution, N x channels x height x width, without the last rows and columns of what Torch computes. With
    /// <paramref name="fp32"/> it is computed in float32, as <see cref="conv2d"/>.
    /// </summary>
    /// <param name="layer">The layer.</param>
    /// <param name="x">Its input.</param>
    /// <param name="bottom">Rows to remove.</param>
    /// <param name="right">Columns to remove.</param>
    /// <param name="fp32">Stays in float32.</param>
    protected Tensor conv_transpose2d(ConvTranspose2d layer, Tensor x, long bottom = 0, long right = 0, bool fp32 = false) =>
        Operate(Signaled(x), (layer, bottom, right, fp32), static (model, by, x) =>
        {
            var isBFloat16 = model.Precision == bfloat16 && !by.fp32;
            var type = isBFloat16 ? BFloat16Type(x) : x.dtype == bfloat16 ? float32 : x.dtype;
            var y = nn.functional.conv_transpose2d(
                x.to(type),
                isBFloat16 ? model.Copy(by.layer.weight).to(type) : by.layer.weight, isBFloat16 ? model.CopyOrNull(by.layer.bias)?.to(type) : by.layer.bias,
                by.layer.stride, by.layer.padding, by.layer.output_padding, by.layer.dilation);
            return ((by.bottom, by.right) == (0, 0) ? y : crop(y, 0, by.bottom, 0, by.right)).to(model.Precision);
        });

    /// <summary>Convolution of each channel, the first as <see cref="conv2d"/> with <paramref name="depthwise_fp32"/>, then a 1x1 convolution.</summary>
    protected Tensor separable_conv2d(SeparableConvolution layer, Tensor x, bool depthwise_fp32 = false, BatchNormalization? norm = null) =>
        conv2d(layer.Pointwise, conv2d(layer.Depthwise, x, depthwise_fp32), norm: norm);

    /// <summary>Normalization over the channels of each pixel, or over each vector; in float32 even where the precision is bf16.</summary>
    protected Tensor layer_norm(LayerNormalization layer, Tensor x) => Operate(x, layer, static (_, layer, x) =>
        // Torch normalizes over the last dimensions.
        x.dim() == 4 ? NormalizeLast(layer, x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2) : NormalizeLast(layer, x));

    /// <summary>Normalization over groups of channels of each image.</summary>
    protected Tensor group_norm(GroupNorm layer, Tensor x) => Operate(x, layer, static (_, layer, x) =>
        // Of images of one row or column that lie with their channels innermost, Torch's gradient ends the process.
        layer.call(x.shape[2] == 1 || x.shape[3] == 1 ? channels_first(x) : x));

    /// <summary>Normalization by the layer's own mean and variance.</summary>
    protected Tensor normalize(Normalization layer, Tensor x) => Operate(x, layer, static (_, layer, x) => layer.call(x));

    /// <summary>Normalization by the mean and the variance of each channel.</summary>
    protected static Tensor normalize(Tensor x, double[] mean, double[] variance) => Normalization.Normalize(
        x, tensor(mean, dtype: x.dtype == float64 ? float64 : float32, device: x.device), tensor(variance, dtype: x.dtype == float64 ? float64 : float32, device: x.device));

    /// <summary>Each channel times its factor.</summary>
    protected Tensor layer_scale(LayerScale layer, Tensor x) => Operate(x, layer, static (model, layer, x) =>
        LayerScale.Scale(x, model.Precision == bfloat16 ? model.Copy(layer.Weight) : layer.Weight));

    /// <summary>x where positive, a factor times x elsewhere.</summary>
    protected Tensor prelu(PReLU layer, Tensor x) => Operate(x, layer, static (model, layer, x) =>
        PReLU.Apply(x, model.Precision == bfloat16 ? model.Copy(layer.Weight) : layer.Weight));

    /// <summary>A larger image, a multiple of the height and of the width: repeats each pixel, or goes evenly from the center of one to the center of the next.</summary>
    protected Tensor interpolate(Tensor x, long height, long width, bool bilinear = false) => Operate(x, (height, width, bilinear), static (_, by, x) =>
        nn.functional.interpolate(x, [by.height, by.width], mode: by.bilinear ? InterpolationMode.Bilinear : InterpolationMode.Nearest, align_corners: by.bilinear ? false : null));

    /// <summary>The sum of several values; an image of one pixel counts for every pixel.</summary>
    protected static Tensor add(params Tensor[] inputs) => inputs.Aggregate((sum, input) => sum + input);

    /// <summary>The product of several values; an image of one pixel counts for every pixel.</summary>
    protected static Tensor multiply(params Tensor[] inputs) => inputs.Aggregate((product, input) => product * input);

    /// <summary>The average of several values.</summary>
    protected static Tensor average(params Tensor[] inputs) => add(inputs) / inputs.Length;

    /// <summary>The largest of several values.</summary>
    protected static Tensor maximum(params Tensor[] inputs) => inputs.Aggregate(torch.maximum);

    /// <summary>The smallest of several values.</summary>
    protected static Tensor minimum(params Tensor[] inputs) => inputs.Aggregate(torch.minimum);

    /// <summary>The first value minus the second.</summary>
    protected static Tensor subtract(Tensor x, Tensor y) => x - y;

    /// <summary>The values of several branches side by side along the channels.</summary>
    protected static Tensor concatenate(params Tensor[] branches) => cat(branches, 1);

    /// <summary>x · scale + offset.</summary>
    protected static Tensor rescale(Tensor x, double scale, double offset) => x * scale + offset;

    /// <summary>The values of an image or vector as a vector, in Keras's order: height, width, channels.</summary>
    protected static Tensor reshape(Tensor x, long length) => PixelByPixel(x).reshape(x.shape[0], length);

    /// <summary>The values of an image or vector as an image, in Keras's order: height, width, channels.</summary>
    protected static Tensor reshape(Tensor x, long height, long width, long channels) =>
        PixelByPixel(x).reshape(x.shape[0], height, width, channels).permute(0, 3, 1, 2);

    /// <summary>Adds rows and columns of <paramref name="value"/> around each image.</summary>
    protected static Tensor pad(Tensor x, long top, long bottom, long left, long right, double value = 0) =>
        nn.functional.pad(x, (left, right, top, bottom), PaddingModes.Constant, value);

    /// <summary>Removes rows and columns from the edges of each image.</summary>
    // A copy, so that the images lie without gaps, as layers with kernels of their own ask for.
    protected static Tensor crop(Tensor x, long top, long bottom, long left, long right) =>
        x.narrow(2, top, x.shape[2] - top - bottom).narrow(3, left, x.shape[3] - left - right).clone();

    /// <summary>In training, drops values with probability <paramref name="p"/> and scales the others by 1 / (1 - p).</summary>
    protected Tensor dropout(Tensor x, double p) => !IsTraining ? x : InLayout(x * Mask(x, p, whole: false));

    /// <summary>In training, drops whole channels with probability <paramref name="p"/> and scales the others by 1 / (1 - p).</summary>
    protected Tensor dropout2d(Tensor x, double p) => !IsTraining ? x : InLayout(x * Mask(x, p, whole: true));

    /// <summary>In training, drops all values of an image with probability <paramref name="p"/> and scales the others by 1 / (1 - p).</summary>
    protected Tensor stochastic_depth(Tensor x, double p) => !IsTraining ? x : InLayout(x * ImageMask(x, p));

    /// <summary>In training, adds noise of standard deviation <paramref name="stddev"/> to every value.</summary>
    protected Tensor gaussian_noise(Tensor x, double stddev) => !IsTraining ? x : InLayout(x + (Noise(x) * stddev).to(x.dtype));

    /// <summary>N x channels x height x width to N x (height · width · channels), in this order, which is Keras's.</summary>
    protected static Tensor flatten(Tensor x) => PixelByPixel(x).reshape(x.shape[0], -1);

    private Tensor Convolve(Conv2d layer, Tensor x, bool fp32) => Operate(Signaled(x), (layer, fp32), static (model, by, x) =>
        model.Precision != bfloat16 ? model.ConvolveFloat(by.layer, x)
        : by.fp32 ? model.ConvolveFloat(by.layer, x.to(float32)).to(model.Precision)
        : model.ConvolveBFloat16(by.layer, x), "conv2d");

    // In evaluation Torch's own kernel, so that what is computed of an image does not depend on how many others there are.
    private Tensor ConvolveFloat(Conv2d layer, Tensor x) => IsTraining && WinogradConvolution.IsForThisProcessor && WinogradConvolution.Takes(layer, x)
        ? WinogradConvolution.Apply(x, layer.weight, layer.bias, layer.padding![0])
        : layer.call(x);

    private Tensor ConvolveBFloat16(Conv2d layer, Tensor x)
    {
        var type = BFloat16Type(x);
        return nn.functional.conv2d(
            x.to(type), Copy(layer.weight).to(type), CopyOrNull(layer.bias)?.to(type), layer.stride!, layer.padding!, layer.dilation!, layer.groups).to(bfloat16);
    }

    private Tensor Multiply(Linear layer, Tensor x)
    {
        if (Precision != bfloat16)
        {
            return layer.call(x);
        }

        var type = BFloat16Type(x);
        return nn.functional.linear(x.to(type), Copy(layer.weight).to(type), CopyOrNull(layer.bias)?.to(type)).to(bfloat16);
    }

    private static Tensor ConvolveNormalized(Conv2d layer, BatchNormalization norm, Tensor x, ScalarType type)
    {
        var (scale, shift) = norm.InEvaluation();
        var bias = layer.bias is null ? shift : (layer.bias * scale) + shift;
        var computed = type == bfloat16 ? BFloat16Type(x) : type;
        return nn.functional.conv2d(
            x.to(computed), (layer.weight * scale.view(-1, 1, 1, 1)).to(type).to(computed), bias.to(type).to(computed), layer.stride!, layer.padding!, layer.dilation!, layer.groups);
    }

    /// <summary>
    /// The type in which products of bf16 values are computed. Without instructions for bf16, Torch computes them many times slower than in
    /// float32, in which they are exact: what is rounded to bf16 before and after gives the same values but for the order of the sums, and its
    /// gradients do, too.
    /// </summary>
    private static ScalarType BFloat16Type(Tensor x) => x.device_type == DeviceType.CPU && !ComputePrecision.ProcessorHasBf16 ? float32 : bfloat16;

    // In bf16 Torch adds up the gradients of weight and bias in eight bits, and over many pixels nearly all of them is lost.
    private static Tensor NormalizeLast(LayerNormalization layer, Tensor x) =>
        x.dtype == bfloat16 ? layer.call(x.to(float32)).to(bfloat16) : layer.call(x);

    private Tensor? CopyOrNull(Tensor? weight) => weight is null ? null : Copy(weight);

    private static Tensor PixelByPixel(Tensor x) => x.dim() == 4 ? x.permute(0, 2, 3, 1) : x;
}
