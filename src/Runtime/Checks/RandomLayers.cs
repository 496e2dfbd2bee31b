using FashionCnn.Models;
using FashionCnn.Native;
using static TorchSharp.torch;
using Size = FashionCnn.Generator.Specs.Size;

namespace FashionCnn.Checks;

/// <summary>A layer at a shape, and what it is to be computed in.</summary>
/// <param name="Kind">What it is, such as <c>depthwise convolution</c>.</param>
/// <param name="Model">A model of this one layer, whose output is the layer's own; its description says all of it.</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="Threads">1 or 2.</param>
/// <param name="BatchSize">Images in a batch.</param>
public sealed record RandomLayer(string Kind, ModelDescriptor Model, string Precision, int Threads, int BatchSize)
{
    /// <summary>Everything that one needs to compute it again.</summary>
    public override string ToString() => $"{Model.Description}, batch {BatchSize}, {Precision}, {Threads} thread{(Threads == 1 ? string.Empty : "s")}";
}

/// <summary>
/// Draws layers at random, with what Torch's kernels were found wrong at: images of one to three pixels, channels that are no multiples of
/// 16, strides, kernels that reach far beyond the image. They are computed by the operations of <see cref="ImageClassifier"/> with the
/// arguments that the compiler would write.
/// </summary>
public static class RandomLayers
{
    /// <summary>Multiply-accumulates of a batch, so that double precision is quick.</summary>
    private const long MaxProducts = 4_000_000;

    private static readonly int[] Channels = [1, 1, 2, 3, 5, 7, 8, 12, 16, 17, 20, 24, 30, 32, 33, 48, 56, 64, 72, 96, 128, 130, 192];
    private static readonly int[] Batches = [1, 2, 3, 4, 5, 8, 16];

    /// <summary>Layers without end, the same ones for one seed.</summary>
    public static IEnumerable<RandomLayer> Draw(int seed)
    {
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
            < 62 => Convolution(random, "depthwise convolution", input, batch, groups: input.Channels),
            < 70 => Separable(random, input, batch),
            < 78 => Pool(random, input, batch),
            < 82 => GlobalPool(random, input, batch),
            < 93 => Normalisation(random, input, batch),
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

    private static RandomLayer? Pool(Random random, ImageShape input, int batch)
    {
        var (maximum, size, stride) = (random.Next(2) == 0, new Size(random.Next(1, 5), random.Next(1, 5)), new Size(random.Next(1, 4), random.Next(1, 4)));
        return size.Height > input.Height || size.Width > input.Width ? null : Layer(
            random, maximum ? "max pooling" : "average pooling", $"{size}, strides {stride}", input, batch,
            _ => OneLayer.Pool(maximum, size, stride));
    }

    private static RandomLayer GlobalPool(Random random, ImageShape input, int batch)
    {
        var maximum = random.Next(2) == 0;
        return Layer(random, maximum ? "global max pooling" : "global average pooling", string.Empty, input, batch, _ => OneLayer.GlobalPool(maximum));
    }

    // Over fewer values than these a normalised value hardly depends on its own input: the gradient is the difference of nearly equal numbers.
    private static RandomLayer? Normalisation(Random random, ImageShape input, int batch) => random.Next(3) switch
    {
        0 => batch * input.Height * input.Width < 8 ? null : Layer(random, "batch normalisation", string.Empty, input, batch, model => model.BatchNormalisation(input.Channels)),
        1 => input.Channels < 8 ? null : Layer(random, "layer normalisation", string.Empty, input, batch * random.Next(1, 65), model => model.LayerNormalisation(input.Channels)),
        _ => GroupNormalisation(random, input, batch),
    };

    private static RandomLayer? GroupNormalisation(Random random, ImageShape input, int batch)
    {
        var groups = random.Next(1, 5);
        return input.Channels % groups != 0 || input.Channels / groups * input.Height * input.Width < 8 ? null : Layer(
            random, "group normalisation", $"{groups} groups", input, batch, model => model.GroupNormalisation(groups, input.Channels));
    }

    private static RandomLayer Dense(Random random, int batch)
    {
        var (features, units) = (random.Next(1, 700), random.Next(1, 300));
        return Layer(random, "dense", $"{units} units", new ImageShape(1, 1, features), batch * random.Next(1, 9), model => model.Dense(features, units));
    }

    private static RandomLayer Layer(
        Random random, string kind, string settings, ImageShape input, int batch, Func<OneLayer, Func<Tensor, Tensor>> build)
    {
        var (precision, innermost, threads) = (random.Next(2) == 0 ? ComputePrecision.Fp32 : ComputePrecision.Bf16, random.Next(2) == 0, random.Next(1, 3));
        var description = string.Join(", ", new[] { kind, settings, $"input {input}", innermost ? "channels innermost" : "channels first" }.Where(part => part.Length > 0));
        ModelDescriptor descriptor = null!;
        descriptor = new ModelDescriptor
        {
            Id = "random_layer",
            Name = nameof(OneLayer),
            Description = description,
            Input = input,
            // It is no classifier: nobody asks for classes or counts.
            Classes = 0,
            TotalParameters = 0,
            TrainableParameters = 0,
            MultiplyAccumulates = 0,
            Layers = [],
            Training = new TrainingSettings(),
            ArchitectureFingerprint = description,
            TrainingFingerprint = string.Empty,
            Create = () => new OneLayer(descriptor, innermost, build),
        };
        return new RandomLayer(kind, descriptor, precision, threads, batch);
    }

    private static int Pixels(Random random) => random.Next(5) switch
    {
        < 3 => random.Next(1, 4),
        3 => random.Next(4, 9),
        _ => random.Next(9, 17),
    };

    private static T Pick<T>(Random random, T[] choices) => choices[random.Next(choices.Length)];
}
