using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using FashionCnn.Native;
using FashionCnn.Winograd;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// A 3x3 convolution in training by Winograd's algorithm, which needs 36 multiplications where the definition needs 144: 4x4 pixels of the output
/// come of 6x6 products. Torch's kernels work by the definition, at up to nine tenths of what the processor can do at most. The price is rounding:
/// the output is off by up to 1.4e-5 of its largest value, Torch's by 2e-6.
/// </summary>
/// <remarks>Its gradient is computed outside Torch's graph, so that it has no gradient itself.</remarks>
internal sealed unsafe class WinogradConvolution : autograd.SingleTensorFunction<WinogradConvolution>
{
    private const string TilingKey = "tiling";
    private const string WantedKey = "wanted";

    // Transforming the weights costs as much as some hundred pixels.
    private const long FewestPixels = 1024;

    // Of the products that the definition needs, where tiles reach beyond the image: what is saved must pay for the transforms.
    private const double LargestShare = 0.6;

    /// <inheritdoc/>
    public override string Name => nameof(WinogradConvolution);

    /// <summary>It has vectors of eight values. With vectors of sixteen, Torch's kernels are twice as fast, and it was not measured which are faster.</summary>
    public static bool IsForThisProcessor => Avx2.IsSupported && Fma.IsSupported && !Avx512F.IsSupported;

    /// <summary>A convolution can be computed so, and is probably faster than by the definition.</summary>
    /// <param name="layer">The convolution.</param>
    /// <param name="x">Its input, N x channels x height x width.</param>
    public static bool Takes(Conv2d layer, Tensor x) =>
        layer.weight is { dtype: ScalarType.Float32 } weight && weight.shape is [var filters, var channels, 3, 3]
        && filters % Tiling.Lanes == 0 && channels % Tiling.Lanes == 0 && layer.groups == 1
        && layer.stride is [1, 1] && layer.dilation is [1, 1] && layer.padding is [0 or 1, var padding] && padding == layer.padding[0]
        && ChannelMemory.Takes(x) && x.shape[1] == channels && IsWorthwhile(Divide(x, weight, padding));

    /// <summary>The convolution.</summary>
    /// <param name="x">N x channels x height x width, the channels of each pixel side by side.</param>
    /// <param name="weight">Filters x channels x 3 x 3.</param>
    /// <param name="bias">One number per filter; null for 0.</param>
    /// <param name="padding">Zeros on each side, 0 or 1.</param>
    /// <returns>N x filters x height x width, laid out as the input is.</returns>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, long padding) => apply(x, weight, bias!, Divide(x, weight, padding));

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (x, weight, bias, tiling) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor?)vars[2], (Tiling)vars[3]);
        ctx.save_for_backward([x, weight]);
        ctx.save_data(TilingKey, tiling);
        ctx.save_data(WantedKey, (Input: x.requires_grad, Weight: weight.requires_grad, Bias: bias is not null && bias.requires_grad));
        long[] shape = [tiling.Images, tiling.Filters, tiling.OutputHeight, tiling.OutputWidth];
        var output = empty_strided(shape, [shape[1] * shape[2] * shape[3], 1, shape[3] * shape[1], shape[1]], dtype: float32);
        using var from = ChannelMemory.Of(x);
        using var to = ChannelMemory.Of(output);
        using var values = weight.detach().contiguous();
        using var added = bias is null ? zeros(tiling.Filters) : bias.detach().contiguous();
        TileConvolution.Compute(tiling, Share(tiling), from.Start, Start(values), Start(added), to.Start);
        return output;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var (x, weight) = (saved[0], saved[1]);
        var tiling = (Tiling)ctx.get_data(TilingKey);
        var wanted = ((bool Input, bool Weight, bool Bias))ctx.get_data(WantedKey);
        // A sum's gradient, say, has one value in memory for all of them.
        var gradient = ChannelMemory.Laid(grad_output);
        var input = wanted.Input ? empty_like(x) : null;
        var weights = wanted.Weight ? empty(weight.shape, dtype: float32) : null;
        using var from = ChannelMemory.Of(x);
        using var slopes = ChannelMemory.Of(gradient);
        using var to = input is null ? null : ChannelMemory.Of(input);
        using var values = weight.detach().contiguous();
        TileConvolution.Propagate(tiling, Share(tiling), from.Start, slopes.Start, Start(values), to is null ? null : to.Start, weights is null ? null : Start(weights));
        return [input!, weights!, wanted.Bias ? gradient.sum([0, 2, 3]) : null!, null!];
    }

    private static Tiling Divide(Tensor x, Tensor weight, long padding) => new((int)x.shape[0], (int)x.shape[2], (int)x.shape[3], (int)x.shape[1], (int)weight.shape[0], (int)padding);

    private static bool IsWorthwhile(Tiling tiling)
    {
        var pixels = (long)tiling.OutputHeight * tiling.OutputWidth;
        return tiling.OutputHeight > 0 && tiling.OutputWidth > 0 && tiling.Images * pixels >= FewestPixels && tiling.TilesPerImage * Tiling.Products <= LargestShare * 9 * pixels;
    }

    private static WorkShare Share(Tiling tiling) => new(Math.Min(get_num_threads(), tiling.Images));

    private static float* Start(Tensor values) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values.bytes));
}
