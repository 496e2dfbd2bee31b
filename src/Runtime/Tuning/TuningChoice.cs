using FashionCnn.Training;

namespace FashionCnn.Tuning;

/// <summary>How a model is computed, as far as only the speed and the last digits depend on it.</summary>
/// <param name="Layout"><c>channels_last</c> or <c>channels_first</c>.</param>
/// <param name="Threads">Threads that Torch computes with.</param>
/// <param name="EvaluationBatch">Images that are evaluated at once.</param>
internal sealed record TuningChoice(string Layout, int Threads, int EvaluationBatch)
{
    // Two measurements of the same thing differ by this much.
    private const double Noise = 0.02;

    /// <summary>The first one of those that are fastest, give or take what measurements of the same thing differ by.</summary>
    /// <param name="measured">What there is to choose from, the preferred one first, with its images per second.</param>
    /// <exception cref="ArgumentException">There is nothing to choose from.</exception>
    public static T Fastest<T>(IReadOnlyList<(T Candidate, double ImagesPerSecond)> measured)
    {
        if (measured.Count == 0)
        {
            throw new ArgumentException("There is nothing to choose from.", nameof(measured));
        }

        var best = measured.Max(one => one.ImagesPerSecond);
        return measured.First(one => one.ImagesPerSecond >= best * (1 - Noise)).Candidate;
    }

    /// <summary>Settings of a run with this choice.</summary>
    public RunSettings Apply(RunSettings settings) => settings with { Layout = Layout, Threads = Threads, EvaluationBatch = EvaluationBatch };
}
