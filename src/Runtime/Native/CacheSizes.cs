using System.Globalization;

namespace FashionCnn.Native;

/// <summary>The sizes of a processor's data caches in bytes; 0 where there is no such cache.</summary>
/// <param name="Level1">The first level's data cache.</param>
/// <param name="Level2">The second level.</param>
/// <param name="Level3">The third level.</param>
/// <param name="Source">Who says so, such as <c>leaf 0x8000001D</c>.</param>
internal sealed record CacheSizes(long Level1, long Level2, long Level3, string Source)
{
    private const uint Amd = 0x8000001D;
    private const long ComplexLevel3 = 32 << 20;
    private const string Legacy = "leaves 0x80000005 and 0x80000006";

    /// <summary>The three sizes as a reader wants them, such as <c>32 KiB, 512 KiB, 32 MiB</c>.</summary>
    public override string ToString() => $"{Size(Level1)}, {Size(Level2)}, {Size(Level3)}";

    /// <summary>
    /// The true sizes: from leaf 4, which Intel has, else from AMD's 0x8000001D, else from the old leaves 0x80000005 and 0x80000006, which
    /// virtual machines pass on that hide the others. Null when none of them has all three.
    /// </summary>
    internal static CacheSizes? Of(CpuId processor)
    {
        var extended = processor(0x80000000, 0).Eax;
        CacheSizes?[] found =
        [
            processor(0, 0).Eax >= 4 ? Deterministic(processor, 4, "leaf 4") : null,
            extended >= Amd ? Deterministic(processor, Amd, "leaf 0x8000001D") : null,
            extended >= 0x80000006 ? Old(processor(0x80000005, 0), processor(0x80000006, 0)) : null,
        ];
        return Array.Find(found, sizes => sizes is { IsPlausible: true });
    }

    /// <summary>
    /// What oneDNN 3.7 makes of an AMD processor's answers (Xbyak's <c>Cpu::setCacheHierarchy</c>): always three levels, and 1 byte for a part
    /// that is all zeros. Null for other processors, whose empty leaf 4 it takes for no caches, and falls back to usable sizes.
    /// </summary>
    internal static CacheSizes? AsOneDnnReads(CpuId processor)
    {
        // It looks for "cAMD", the end of AuthenticAMD. Part 1 is the cache of instructions.
        return processor(0, 0).Ecx == 0x444D4163 ? new(Size(0), Size(2), Size(3), "oneDNN") : null;

        uint Size(uint part)
        {
            // Its fields are one bit short of AMD's.
            var (_, ebx, ecx, _) = processor(Amd, part);
            return (((ebx >> 22) & 0x1FF) + 1) * (((ebx >> 12) & 0x1FF) + 1) * ((ebx & 0x7FF) + 1) * (ecx + 1);
        }
    }

    /// <summary>Whether a processor could be so: nothing else is ever written into oneDNN's memory, which has 32 bits for each.</summary>
    internal bool IsPlausible => Level1 >= 4096 && Level2 > Level1 && Level3 > Level2 && Level3 <= int.MaxValue;

    // Intel's manual, volume 2, and AMD's, volume 3, appendix E: the fields are the same.
    private static CacheSizes Deterministic(CpuId processor, uint leaf, string source)
    {
        var sizes = new long[8];
        for (var part = 0u; part < 16; part++)
        {
            var (eax, ebx, ecx, _) = processor(leaf, part);
            var kind = eax & 0x1F;
            if (kind == 0)
            {
                break;
            }

            // 1 is data, 2 instructions, 3 both.
            if (kind is 1 or 3)
            {
                sizes[(eax >> 5) & 7] = ((ebx >> 22) + 1L) * (((ebx >> 12) & 0x3FF) + 1) * ((ebx & 0xFFF) + 1) * (ecx + 1L);
            }
        }

        return new(sizes[1], sizes[2], sizes[3], source);
    }

    // KiB, KiB, and halves of a MiB. The third level is the sum over the processor's core complexes there: no more of it is counted than one
    // complex has (32 MiB from Zen 3 on).
    private static CacheSizes Old(CpuIdLeaf first, CpuIdLeaf others) =>
        new((first.Ecx >> 24) * 1024L, (others.Ecx >> 16) * 1024L, Math.Min((others.Edx >> 18) * (512L * 1024), ComplexLevel3), Legacy);

    private static string Size(long bytes) =>
        bytes >= 1 << 20 && bytes % (1 << 19) == 0 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.#} MiB")
        : bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? $"{bytes >> 10} KiB"
        : bytes == 1 ? "1 byte"
        : $"{bytes} bytes";
}
