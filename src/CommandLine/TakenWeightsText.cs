using FashionCnn.Models;
using FashionCnn.Storage;

namespace FashionCnn.CommandLine;

/// <summary>Puts into words what a run took of a file of weights, and what it did not.</summary>
internal static class TakenWeightsText
{
    private const int Shown = 6;

    /// <summary>A line for what was taken, and one for each reason why something was not.</summary>
    public static IEnumerable<string> Of(TakenWeights taken, string model)
    {
        var weights = taken.Weights;
        yield return $"Starting with {weights.Tensors} of {NumberText.Plural(weights.ModelTensors, "tensor")} from {weights.File}";
        foreach (var (what, names) in new[]
        {
            ("Another shape or type there, so fresh", Names(difference => difference is { Here: not null, There: not null })),
            ("Not in the file, so fresh", Names(difference => difference.Here is null)),
            ($"In the file, but not in {model}", Names(difference => difference.There is null)),
        })
        {
            if (names.Count > 0)
            {
                yield return $"  {what}: {List(names)}";
            }
        }

        List<string> Names(Func<TensorDifference, bool> which) => [.. taken.Differences.Where(which).Select(Describe)];
    }

    /// <summary>Names, of which the first are enough.</summary>
    public static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? $" and {NumberText.Count(names.Count - Shown)} more" : string.Empty);

    private static string Describe(TensorDifference difference) => difference switch
    {
        { Here: { } file, There: { } model } => file.ShapeText == model.ShapeText ? $"{difference.Name} ({file.Type} instead of {model.Type})" : $"{difference.Name} ({file.ShapeText} instead of {model.ShapeText})",
        _ => difference.Name,
    };
}
