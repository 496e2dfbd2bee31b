using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>Torch's random numbers, which everything in the process shares.</summary>
internal static class TorchRandom
{
    private static readonly object Gate = new();

    /// <summary>
    /// Computes something with random numbers that a seed gives. Afterwards Torch's go on as if none had been drawn, and two computations of this kind
    /// do not take them from each other: the second waits for the first.
    /// </summary>
    /// <param name="seed">The seed, as Torch takes it.</param>
    /// <param name="compute">What draws.</param>
    public static T Seeded<T>(long seed, Func<T> compute)
    {
        lock (Gate)
        {
            using var before = get_rng_state();
            _ = manual_seed(seed);
            try
            {
                return compute();
            }
            finally
            {
                set_rng_state(before);
            }
        }
    }
}
