using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FashionCnn.Models;

/// <summary>
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, 2011): random bits as a pure function of a
/// key and a counter, so that they need no state, and any thread can compute any part of them.
/// </summary>
internal static class Philox
{
    /// <summary>Blocks that are computed side by side.</summary>
    public const int Lanes = 8;

    /// <summary>32-bit words of a block.</summary>
    public const int Words = 4;

    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>The four words of one block.</summary>
    public static (uint A, uint B, uint C, uint D) Block(ulong key, uint a, uint b, uint c, uint d)
    {
        var (key0, key1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var (first, second) = ((ulong)a * Multiplier0, (ulong)c * Multiplier1);
            (a, b, c, d) = ((uint)(second >> 32) ^ b ^ key0, (uint)second, (uint)(first >> 32) ^ d ^ key1, (uint)first);
            key0 += Weyl0;
            key1 += Weyl1;
        }

        return (a, b, c, d);
    }

    /// <summary>
    /// Eight blocks whose first counter word counts up from <paramref name="a"/>: word by word, <see cref="Lanes"/> values each.
    /// </summary>
    public static void EightBlocks(ulong key, uint a, uint b, uint c, uint d, Span<uint> words)
    {
        if (Avx2.IsSupported)
        {
            var lanes = Vector256.Create(a) + Vector256<uint>.Indices;
            EightBlocks(key, lanes, Vector256.Create(b), Vector256.Create(c), Vector256.Create(d), words);
            return;
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            (words[lane], words[Lanes + lane], words[(2 * Lanes) + lane], words[(3 * Lanes) + lane]) = Block(key, a + (uint)lane, b, c, d);
        }
    }

    private static void EightBlocks(ulong key, Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, Span<uint> words)
    {
        var (key0, key1) = (Vector256.Create((uint)key), Vector256.Create((uint)(key >> 32)));
        var (multiplier0, multiplier1) = (Vector256.Create(Multiplier0), Vector256.Create(Multiplier1));
        for (var round = 0; round < Rounds; round++)
        {
            var (high0, high1) = (High(a, multiplier0), High(c, multiplier1));
            (a, b, c, d) = (high1 ^ b ^ key0, c * multiplier1, high0 ^ d ^ key1, a * multiplier0);
            key0 += Vector256.Create(Weyl0);
            key1 += Vector256.Create(Weyl1);
        }

        a.CopyTo(words);
        b.CopyTo(words[Lanes..]);
        c.CopyTo(words[(2 * Lanes)..]);
        d.CopyTo(words[(3 * Lanes)..]);
    }

    /// <summary>The upper halves of the products. The processor multiplies every second lane at a time.</summary>
    private static Vector256<uint> High(Vector256<uint> x, Vector256<uint> y)
    {
        var even = Avx2.Multiply(x, y).AsUInt32();
        var odd = Avx2.Multiply(Avx2.ShiftRightLogical(x.AsUInt64(), 32).AsUInt32(), y).AsUInt32();
        return Avx2.Blend(Avx2.ShiftRightLogical(even.AsUInt64(), 32).AsUInt32(), odd, 0b1010_1010);
    }
}
