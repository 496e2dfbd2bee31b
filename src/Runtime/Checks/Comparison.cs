using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Checks;

/// <summary>A function of one tensor and its parameters, as a layer computes it.</summary>
/// <param name="Compute">The function.</param>
/// <param name="Parameters">What it takes gradients to, by name.</param>
internal sealed record LayerFunction(Func<Tensor, Tensor> Compute, IReadOnlyList<(string Name, Parameter Value)> Parameters);

/// <summary>What a layer's input looks like in memory.</summary>
/// <param name="Shape">The size of each dimension, the images first.</param>
/// <param name="Strides">The distance of neighbors in each dimension.</param>
/// <param name="Type">The type of the values.</param>
/// <param name="Gradient">The gradient goes on to what is before.</param>
internal sealed record LayerInput(IReadOnlyList<long> Shape, IReadOnlyList<long> Strides, ScalarType Type, bool Gradient)
{
    /// <summary>Describes a tensor.</summary>
    public static LayerInput Of(Tensor x) => new(x.shape, x.stride(), x.dtype, x.requires_grad);

    /// <summary>As text, the number of images aside.</summary>
    public string Description => $"{string.Join("x", Shape.Skip(1))} strides {string.Join(",", Strides.Skip(1))} {Type}{(Gradient ? " gradient" : string.Empty)}";
}

/// <summary>
/// Compares a layer's results with the same layer in double precision. The batch has its full size, since Torch chooses its kernels by
/// it, and repeats a few images, so that the reference is cheap. The output's gradient repeats too, with signs that cancel so that the
/// sums over the batch are those over the few images: nearly every image takes part in them, and they do not lose precision by their length.
/// </summary>
internal static class Comparison
{
    /// <summary>How many different images a batch has, at most, where nothing else is said: enough for normalization over the batch.</summary>
    public const int DistinctImages = 4;

    private const int SignPeriod = 4;

    /// <summary>The largest deviation that rounding explains.</summary>
    public static double Tolerance(ScalarType precision) => precision == bfloat16 ? 2e-2 : 1e-4;

    /// <summary>The output and, where asked for, the gradients of the input and of each parameter.</summary>
    /// <param name="layer">The layer as it is used.</param>
    /// <param name="reference">The same in double precision, its parameters of the same values.</param>
    /// <param name="input">What it takes; the number of images is replaced.</param>
    /// <param name="images">Images of the batch.</param>
    /// <param name="gradients">Compare gradients too.</param>
    /// <param name="mixes">
    /// Results of an image depend on the others, as in normalization over the batch. There are no signs then, and the number of
    /// images must be a multiple of <paramref name="distinctImages"/>.
    /// </param>
    /// <param name="distinctImages">How many different images the batch has, at most; the cost of the reference is by their number.</param>
    public static IReadOnlyList<Deviation> Measure(LayerFunction layer, LayerFunction reference, LayerInput input, int images, bool gradients, bool mixes = false, int distinctImages = DistinctImages)
    {
        using var scope = NewDisposeScope();
        using var mode = gradients ? null : no_grad();
        var distinct = Math.Min(distinctImages, images);
        var repetitions = images / distinct;
        var values = randn([distinct, .. input.Shape.Skip(1)]).to(input.Type);
        var x = Filled(input, images, values, _ => 1).requires_grad_(gradients && input.Gradient);
        var y = layer.Compute(x);
        var exactX = values.to(float64).requires_grad_(x.requires_grad);
        var exactY = reference.Compute(exactX);
        var deviations = new List<Deviation> { new("output", Difference(y, exactY, _ => 1)) };
        if (!gradients)
        {
            return deviations;
        }

        var signs = mixes ? _ => 1 : Signs(repetitions, input.Type);
        var slope = randn(exactY.shape).to(y.dtype);
        var found = Gradients(y, Filled(LayerInput.Of(y.detach()), images, slope, signs), x, layer);
        var expected = Gradients(exactY, slope.to(float64), exactX, reference);
        if (x.requires_grad)
        {
            deviations.Add(new Deviation("gradient of the input", Difference(found[^1], expected[^1], signs)));
        }

        // What a sum of so many independent values comes to: where all values of a small gradient happen to cancel out, their rounding remains.
        var scale = slope.to(float64).norm().item<double>() / Math.Sqrt(exactY.shape[1]);
        for (var i = 0; i < layer.Parameters.Count; i++)
        {
            deviations.Add(new Deviation($"gradient of {layer.Parameters[i].Name}", Difference(found[i], mixes ? expected[i] * repetitions : expected[i], _ => 1, scale)));
        }

        return deviations;
    }

    /// <summary>The largest difference over the largest value; infinity when something is not finite.</summary>
    /// <param name="actual">What was computed, repeating the reference along the first dimension.</param>
    /// <param name="exact">The reference.</param>
    /// <param name="signs">What each repetition is multiplied with: 1, -1 or 0.</param>
    /// <param name="scale">The least that the largest value counts as.</param>
    private static double Difference(Tensor actual, Tensor exact, Func<int, int> signs, double scale = 0)
    {
        using var scope = NewDisposeScope();
        var size = exact.shape[0];
        var whole = (int)(actual.shape[0] / size);
        var difference = 0.0;
        // Repetitions of a sign should be equal, so that their largest and smallest values say it all, without a copy of the whole batch in
        // double precision, which would take more memory than training.
        foreach (var group in Enumerable.Range(0, whole).GroupBy(repetition => (Sign: signs(repetition), Place: repetition % SignPeriod)))
        {
            var places = group.ToList();
            var repeated = actual.narrow(0, 0, whole * size).reshape([whole, .. exact.shape]).slice(0, places[0], places[^1] + 1, SignPeriod);
            foreach (var extreme in places.Count == 1 ? [repeated[0]] : new[] { repeated.amax([0L]), repeated.amin([0L]) })
            {
                difference = Math.Max(difference, Largest(extreme.to(float64) - (exact * group.Key.Sign)));
            }
        }

        if (actual.shape[0] % size is > 0 and var rest)
        {
            difference = Math.Max(difference, Largest(actual.narrow(0, whole * size, rest).to(float64) - (exact.narrow(0, 0, rest) * signs(whole))));
        }

        return difference == 0 ? 0 : difference / Math.Max(scale, exact.abs().max().item<double>());

        // The maximum of a number and NaN counts as infinity.
        static double Largest(Tensor values) => values.abs().max().item<double>() is var value && double.IsFinite(value) ? value : double.PositiveInfinity;
    }

    /// <summary>What each repetition's gradient is multiplied with: 1, -1 or 0, repeating after <see cref="SignPeriod"/> but for the last ones; the sum is 1.</summary>
    private static Func<int, int> Signs(int repetitions, ScalarType type)
    {
        // Torch sums up some gradients in bf16 where the processor lacks it, which loses 2 % over 30 images: the first repetition alone has a gradient.
        if (type == bfloat16)
        {
            return repetition => repetition == 0 ? 1 : 0;
        }

        // 1, -1, -1, 1: the sum then goes up and back as often as down and back, and what it loses on the one way it gains on the other. With
        // 1, -1, 1, -1 every repetition would lose the same, and rounding would grow with the batch.
        var last = repetitions - ((repetitions - 1) % SignPeriod);
        return repetition => repetition < last ? (repetition % SignPeriod is 0 or 3 ? 1 : -1)
            : (repetitions - last, repetition - last) switch
            {
                (2 or 3, 0) => -1,
                (2 or 3, 1) => 1,
                _ => 0,
            };
    }

    private static Tensor[] Gradients(Tensor y, Tensor slope, Tensor x, LayerFunction layer)
    {
        Tensor[] inputs = [.. layer.Parameters.Select(parameter => (Tensor)parameter.Value), .. x.requires_grad ? new[] { x } : []];
        return inputs.Length == 0 ? [] : [.. autograd.grad([y], inputs, [slope])];
    }

    /// <summary>A tensor that repeats a few images up to a number, each repetition with its sign, laid out as the input is.</summary>
    private static Tensor Filled(LayerInput input, int images, Tensor values, Func<int, int> signs)
    {
        long[] shape = [images, .. input.Shape.Skip(1)];
        var perImage = input.Shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        var target = IsDense(input, perImage)
            ? empty_strided(shape, [perImage, .. input.Strides.Skip(1)], dtype: input.Type)
            : empty(shape, dtype: input.Type);
        for (var repetition = 0; repetition * values.shape[0] < images; repetition++)
        {
            using var scope = NewDisposeScope();
            var start = repetition * values.shape[0];
            var size = Math.Min(values.shape[0], images - start);
            _ = target.narrow(0, start, size).copy_(values.narrow(0, 0, size) * signs(repetition));
        }

        return target;
    }

    /// <summary>Whether the values of one image fill a block of memory without gaps, one image after the other.</summary>
    private static bool IsDense(LayerInput input, long perImage)
    {
        var extent = 1L;
        foreach (var (size, stride) in input.Shape.Skip(1).Zip(input.Strides.Skip(1)).Where(pair => pair.First > 1).OrderBy(pair => pair.Second))
        {
            if (stride != extent)
            {
                return false;
            }

            extent *= size;
        }

        return extent == perImage;
    }
}
