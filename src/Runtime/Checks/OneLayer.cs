using FashionCnn.Compiler.Shapes;
using FashionCnn.Models;
using static TorchSharp.torch;
using Size = FashionCnn.Compiler.Keys.Size;

namespace FashionCnn.Checks;

/// <summary>A module of one layer, as the compiler would write it.</summary>
internal sealed class OneLayer : ImageClassifier
{
    private readonly bool innermost;
    private readonly Func<Tensor, Tensor> layer;

    public OneLayer(ModelDescriptor descriptor, bool innermost, Func<OneLayer, Func<Tensor, Tensor>> build)
        : base(descriptor)
    {
        this.innermost = innermost;
        layer = build(this);
    }

    public Func<Tensor, Tensor> Convolution(int channels, int filters, int groups, bool bias, RandomKernel kernel)
    {
        var call = kernel.Call;
        var conv = Register("conv", CreateConv2D(
            channels, filters, Pair(kernel.Size), Pair(kernel.Strides), Padding(call), Pair(kernel.Dilation), groups, bias, biasInitializer: Initializer.GlorotUniform));
        return x => conv2d(conv, Prepared(x, call), call.IsFp32);
    }

    public Func<Tensor, Tensor> Separable(int channels, int multiplier, int filters, RandomKernel kernel)
    {
        var call = kernel.Call;
        var conv = Register("conv", CreateSeparableConv2D(channels, multiplier, filters, Pair(kernel.Size), Pair(kernel.Strides), Padding(call), Pair(kernel.Dilation)));
        return x => separable_conv2d(conv, Prepared(x, call), call.IsFp32);
    }

    public Func<Tensor, Tensor> Transposed(int channels, int filters, bool bias, RandomTransposedKernel kernel)
    {
        var (rows, columns) = (kernel.Rows, kernel.Columns);
        var conv = Register("conv", CreateConv2DTranspose(
            channels, filters, Pair(kernel.Size), Pair(kernel.Strides), (rows.Padding, columns.Padding), (rows.OutputPadding, columns.OutputPadding), Pair(kernel.Dilation), bias,
            biasInitializer: Initializer.GlorotUniform));
        return x => conv_transpose2d(conv, kernel.IsChannelsFirst(filters) ? channels_first(x) : x, rows.Cropped, columns.Cropped, kernel.IsFp32);
    }

    public Func<Tensor, Tensor> Upsampling(Size size, bool bilinear) => x => interpolate(x, x.shape[2] * size.Height, x.shape[3] * size.Width, bilinear);

    public Func<Tensor, Tensor> LayerScale(int channels)
    {
        var scale = Register("scale", CreateLayerScale(channels, value: 1));
        return x => layer_scale(scale, x);
    }

    public Func<Tensor, Tensor> PReLU(int channels)
    {
        var prelu = Register("prelu", CreatePReLU(channels, Initializer.GlorotUniform));
        return x => this.prelu(prelu, x);
    }

    public Func<Tensor, Tensor> Pool(bool maximum, Size size, Size stride) =>
        x => maximum ? max_pool2d(x, Pair(size), Pair(stride)) : avg_pool2d(x, Pair(size), Pair(stride));

    public Func<Tensor, Tensor> GlobalPool(bool maximum) => maximum ? x => global_max_pool2d(x) : x => global_avg_pool2d(x);

    public Func<Tensor, Tensor> BatchNormalization(int channels)
    {
        var norm = Register("norm", CreateBatchNormalization(channels, momentum: 0.9, epsilon: 0.001));
        return x => batch_norm(norm, x);
    }

    public Func<Tensor, Tensor> LayerNormalization(int channels)
    {
        var norm = Register("norm", CreateLayerNormalization(channels, epsilon: 0.001));
        return x => layer_norm(norm, x);
    }

    public Func<Tensor, Tensor> GroupNormalization(int groups, int channels)
    {
        var norm = Register("norm", CreateGroupNormalization(groups, channels, epsilon: 0.001));
        return x => group_norm(norm, x);
    }

    public Func<Tensor, Tensor> Dense(int features, int units)
    {
        var dense = Register("dense", CreateDense(features, units));
        return x => linear(dense, flatten(x));
    }

    protected override Tensor Logits(Tensor x) => layer(innermost ? ChannelsInnermost(x) : channels_first(x));

    private static Tensor Prepared(Tensor x, ConvolutionCall call)
    {
        var padded = call.IsPaddedFirst ? pad(x, call.Top, call.Bottom, call.Left, call.Right) : x;
        return call.IsChannelsFirst ? channels_first(padded) : padded;
    }

    private static (long, long) Padding(ConvolutionCall call) => call.IsPaddedFirst ? (0, 0) : (call.Top, call.Left);

    private static (long, long) Pair(Size size) => (size.Height, size.Width);
}
