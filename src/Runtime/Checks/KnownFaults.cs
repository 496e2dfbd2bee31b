using FashionCnn.Models;
using FashionCnn.Native;
using Size = FashionCnn.Compiler.Keys.Size;

namespace FashionCnn.Checks;

/// <summary>One layer of each kind that Torch's own kernels were found wrong at on some processor (docs/processors.md).</summary>
internal static class KnownFaults
{
    public static IEnumerable<RandomLayer> All =>
    [
        // bf16: the gradients of weight and bias are added up in eight bits.
        RandomLayer.Of("layer normalization", string.Empty, new ImageShape(32, 32, 64), 16, ComputePrecision.Bf16, innermost: true, threads: 1, model => model.LayerNormalization(64)),
        RandomLayer.Of("layer normalization", string.Empty, new ImageShape(1, 1, 40), 2_000, ComputePrecision.Bf16, innermost: false, threads: 2, model => model.LayerNormalization(40)),
        // bf16: a weight that never meets a pixel has whatever was in memory for a gradient.
        .. Bf16(new ImageShape(1, 8, 128), filters: 128, groups: 1, size: 5, strides: Size.One),
        .. Bf16(new ImageShape(2, 8, 128), filters: 128, groups: 1, size: 7, strides: Size.One),
        .. Bf16(new ImageShape(1, 1, 64), filters: 64, groups: 1, size: 3, strides: new Size(2, 2)),
        .. Bf16(new ImageShape(1, 1, 64), filters: 64, groups: 4, size: 3, strides: new Size(2, 2)),
        .. Bf16(new ImageShape(1, 1, 64), filters: 64, groups: 64, size: 3, strides: new Size(2, 2)),
        .. Bf16(new ImageShape(3, 1, 24), filters: 40, groups: 1, size: 3, strides: new Size(1, 2)),
        RandomLayer.Of(
            "separable convolution", "3x3 same, strides 2x2", new ImageShape(1, 1, 64), 4, ComputePrecision.Bf16, innermost: true, threads: 1,
            model => model.Separable(64, 1, 32, RandomKernel.Over(new ImageShape(1, 1, 64), new Size(3, 3), new Size(2, 2), Size.One, isSame: true)!)),
        // The same with inputs and outputs exchanged.
        .. Transposed(ComputePrecision.Bf16, new ImageShape(1, 8, 128), filters: 128, size: 5, strides: Size.One),
        .. Transposed(ComputePrecision.Bf16, new ImageShape(1, 1, 64), filters: 64, size: 3, strides: Size.One),
        .. Transposed(ComputePrecision.Bf16, new ImageShape(2, 1, 24), filters: 40, size: 4, strides: new Size(1, 2)),
        // fp32, channels innermost: memory beyond the kernel's own is written.
        .. Fp32(new ImageShape(6, 2, 1), filters: 8, size: 1, strides: new Size(1, 2)),
        .. Fp32(new ImageShape(8, 9, 1), filters: 8, size: 1, strides: new Size(1, 3)),
        .. Fp32(new ImageShape(8, 2, 1), filters: 16, size: 3, strides: new Size(1, 2)),
        .. Fp32(new ImageShape(6, 6, 3), filters: 16, size: 1, strides: new Size(2, 2)),
        .. Fp32(new ImageShape(12, 10, 2), filters: 32, size: 1, strides: new Size(2, 1)),
        .. Fp32(new ImageShape(6, 10, 6), filters: 3, size: 1, strides: new Size(2, 2)),
        .. Transposed(ComputePrecision.Fp32, new ImageShape(9, 9, 7), filters: 1, size: 1, strides: new Size(2, 1)),
        .. Transposed(ComputePrecision.Fp32, new ImageShape(7, 6, 6), filters: 1, size: 1, strides: new Size(1, 2)),
        .. Transposed(ComputePrecision.Fp32, new ImageShape(11, 9, 6), filters: 7, size: 1, strides: new Size(2, 1)),
        .. Transposed(ComputePrecision.Fp32, new ImageShape(5, 4, 7), filters: 2, size: 1, strides: new Size(3, 1)),
    ];

    private static IEnumerable<RandomLayer> Bf16(ImageShape input, int filters, int groups, int size, Size strides) =>
        Convolutions(ComputePrecision.Bf16, input, filters, groups, size, strides);

    private static IEnumerable<RandomLayer> Transposed(string precision, ImageShape input, int filters, int size, Size strides)
    {
        var kernel = RandomTransposedKernel.Over(input, new Size(size, size), strides, Size.One, isSame: true);
        foreach (var threads in new[] { 1, 2 })
        {
            yield return RandomLayer.Of(
                "transposed convolution", $"{filters} filters, {kernel}", input, 4, precision, innermost: true, threads, model => model.Transposed(input.Channels, filters, bias: true, kernel));
        }
    }

    private static IEnumerable<RandomLayer> Fp32(ImageShape input, int filters, int size, Size strides) =>
        Convolutions(ComputePrecision.Fp32, input, filters, groups: 1, size, strides);

    private static IEnumerable<RandomLayer> Convolutions(string precision, ImageShape input, int filters, int groups, int size, Size strides)
    {
        var kernel = RandomKernel.Over(input, new Size(size, size), strides, Size.One, isSame: true)!;
        foreach (var threads in new[] { 1, 2 })
        {
            yield return RandomLayer.Of(
                groups == 1 ? "convolution" : groups == input.Channels ? "depthwise convolution" : "grouped convolution", $"{filters} filters, {kernel}", input, 4, precision,
                innermost: true, threads, model => model.Convolution(input.Channels, filters, groups, bias: true, kernel));
        }
    }
}
