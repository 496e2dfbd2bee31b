namespace FashionCnn.Data;

/// <summary>The order in which an epoch takes the images: a pure function of the seed and the epoch.</summary>
internal static class Shuffle
{
    // The epochs' orders have the streams from 1, Torch's own random numbers stream 0.
    internal const int HoldoutStream = -1;
    internal const int TestSplitStream = -2;

    /// <summary>A permutation of 0 to <paramref name="count"/> - 1. Neighbouring seeds and epochs share none.</summary>
    public static long[] Order(int count, long seed, int epoch)
    {
        var order = new long[count];
        for (var i = 0; i < count; i++)
        {
            order[i] = i;
        }

        var state = Mix(seed, epoch);
        for (var i = count - 1; i > 0; i--)
        {
            // The bias of the remainder is below count / 2^64.
            var j = (int)(Next(ref state) % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>One number from two, so that (1, 2) and (2, 1) have nothing in common.</summary>
    internal static ulong Mix(long seed, int stream)
    {
        var state = (ulong)seed;
        var mixed = Next(ref state) + (ulong)stream;
        return Next(ref mixed);
    }

    // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    private static ulong Next(ref ulong state)
    {
        state += 0x9e3779b97f4a7c15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
