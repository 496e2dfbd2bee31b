using FashionCnn.Models;
using FashionCnn.Native;
using static TorchSharp.torch;
using Size = FashionCnn.Compiler.Keys.Size;

namespace FashionCnn.Checks;

/// <summary>
/// Draws layers at random, with what Torch's kernels were found wrong at: images of one to three pixels, channels that are no multiples of
/// 16, strides, kernels that reach far beyond the image. They are computed by the operations of <see cref="ImageClassifier"/> with the
/// arguments that the compiler would write.
/// </summary>
internal static class RandomLayers
{
    /// <summary>Multiply-accumulates of a batch, so that double precision is quick.</summary>
    private const long MaxProducts = 4_000_000;

    private static readonly int[] Channels = [1, 1, 2, 3, 5, 7, 8, 12, 16, 17, 20, 24, 30, 32, 33, 48, 56, 64, 72, 96, 128, 130, 192];
    private static readonly int[] Batches = [1, 2, 3, 4, 5, 8, 16];

    /// <summary>Layers without end, the same ones for one seed; first those that are known to be wrong somewhere.</summary>
    public static IEnumerable<RandomLayer> Draw(int seed)
    {
        foreach (var known in KnownFaults.All)
        {
            yield return known;
        }

        var random = new Random(seed);
        while (true)
        {
            if (DrawOne(random) is { } layer)
            {
                yield return layer;
            }
        }
    }

    private static RandomLayer? DrawOne(Random random)
    {
        var input = new ImageShape(Pixels(random), Pixels(random), Pick(random, Channels));
        var batch = Pick(random, Batches);
        return random.Next(100) switch
        {
            < 30 => Convolution(random, "convolution", input, batch, groups: 1),
            < 42 => Grouped(random, input, batch),
            < 56 => Convolution(random, "depthwise convolution", input, batch, groups: input.Channels),
            < 65 => Transposed(random, input, batch),
            < 70 => Separable(random, input, batch),
            < 78 => Pool(random, input, batch),
            < 79 => ByChannel(random, input, batch),
            < 80 => Upsampling(random, input, batch),
            < 82 => GlobalPool(random, input, batch),
            < 93 => Normalization(random, input, batch),
            _ => Dense(random, batch),
        };
    }

    private static RandomLayer? Grouped(Random random, ImageShape input, int batch)
    {
        var groups = random.Next(2, 9);
        return Convolution(random, "grouped convolution", input with { Channels = groups * Pick(random, Channels.Where(channels => channels <= 32).ToArray()) }, batch, groups);
    }

    private static RandomLayer? Convolution(Random random, string kind, ImageShape input, int batch, int groups)
    {
        var filters = groups == 1 ? Pick(random, Channels) : groups * random.Next(1, groups == input.Channels ? 4 : 17);
        var bias = random.Next(2) == 0;
        return RandomKernel.Draw(random, input) is not { } kernel || (long)batch * kernel.Products(input.Channels / groups, filters) > MaxProducts ? null : Layer(
            random, kind, $"{filters} filters, {kernel}{(groups == 1 ? string.Empty : $", {groups} groups")}", input, batch,
            model => model.Convolution(input.Channels, filters, groups, bias, kernel));
    }

    private static RandomLayer? Separable(Random random, ImageShape input, int batch)
    {
        var (multiplier, filters) = (random.Next(1, 4), Pick(random, Channels));
        return RandomKernel.Draw(random, input) is not { } kernel || (long)batch * kernel.Products(1, input.Channels * multiplier) > MaxProducts ? null : Layer(
            random, "separable convolution", $"multiplier {multiplier}, {filters} filters, {kernel}", input, batch,
            model => model.Separable(input.Channels, multiplier, filters, kernel));
    }

    private static RandomLayer? Transposed(Random random, ImageShape input, int batch)
    {
        var (filters, bias, kernel) = (Pick(random, Channels), random.Next(2) == 0, RandomTransposedKernel.Draw(random, input));
        return batch * kernel.Products(input, filters) > MaxProducts ? null : Layer(
            random, "transposed convolution", $"{filters} filters, {kernel}", input, batch, model => model.Transposed(input.Channels, filters, bias, kernel));
    }

    private static RandomLayer Upsampling(Random random, ImageShape input, int batch)
    {
        var (size, bilinear) = (new Size(random.Next(1, 5), random.Next(1, 5)), random.Next(2) == 0);
        return Layer(random, "upsampling", $"{size} {(bilinear ? "bilinear" : "nearest")}", input, batch, model => model.Upsampling(size, bilinear));
    }

    private static RandomLayer ByChannel(Random random, ImageShape input, int batch) => random.Next(2) == 0
        ? Layer(random, "layer scale", string.Empty, input, batch, model => model.LayerScale(input.Channels))
        : Layer(random, "PReLU", string.Empty, input, batch, model => model.PReLU(input.Channels));

    private static RandomLayer? Pool(Random random, ImageShape input, int batch)
    {
        var (maximum, size, stride) = (random.Next(2) == 0, new Size(random.Next(1, 5), random.Next(1, 5)), new Size(random.Next(1, 4), random.Next(1, 4)));
        return size.Height > input.Height || size.Width > input.Width ? null : Layer(
            random, maximum ? "max pooling" : "average pooling", $"{size}, strides {stride}", input, batch,
            model => model.Pool(maximum, size, stride));
    }

    private static RandomLayer GlobalPool(Random random, ImageShape input, int batch)
    {
        var maximum = random.Next(2) == 0;
        return Layer(random, maximum ? "global max pooling" : "global average pooling", string.Empty, input, batch, model => model.GlobalPool(maximum));
    }

    // Over fewer values than these a normalized value hardly depends on its own input: the gradient is the difference of nearly equal numbers.
    private static RandomLayer? Normalization(Random random, ImageShape input, int batch) => random.Next(3) switch
    {
        0 => batch * input.Height * input.Width < 8 ? null : Layer(random, "batch normalization", string.Empty, input, batch, model => model.BatchNormalization(input.Channels)),
        1 => input.Channels < 8 ? null : Layer(random, "layer normalization", string.Empty, input, batch * random.Next(1, 65), model => model.LayerNormalization(input.Channels)),
        _ => GroupNormalization(random, input, batch),
    };

    private static RandomLayer? GroupNormalization(Random random, ImageShape input, int batch)
    {
        var groups = random.Next(1, 5);
        return input.Channels % groups != 0 || input.Channels / groups * input.Height * input.Width < 8 ? null : Layer(
            random, "group normalization", $"{groups} groups", input, batch, model => model.GroupNormalization(groups, input.Channels));
    }

    private static RandomLayer Dense(Random random, int batch)
    {
        var (features, units) = (random.Next(1, 700), random.Next(1, 300));
        return Layer(random, "dense", $"{units} units", new ImageShape(1, 1, features), batch * random.Next(1, 9), model => model.Dense(features, units));
    }

    private static RandomLayer Layer(
        Random random, string kind, string settings, ImageShape input, int batch, Func<OneLayer, Func<Tensor, Tensor>> build) => RandomLayer.Of(
        kind, settings, input, batch, random.Next(2) == 0 ? ComputePrecision.Fp32 : ComputePrecision.Bf16, random.Next(2) == 0, random.Next(1, 3), build);

    private static int Pixels(Random random) => random.Next(5) switch
    {
        < 3 => random.Next(1, 4),
        3 => random.Next(4, 9),
        _ => random.Next(9, 17),
    };

    private static T Pick<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];
}
