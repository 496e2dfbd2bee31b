using FashionCnn.Native;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>What processors answer to CPUID; leaves that are not listed are zeros.</summary>
internal static class RecordedProcessors
{
    private static readonly Dictionary<(uint, uint), CpuIdLeaf> MilanLeaves = new()
    {
        [(0, 0)] = new(0x0000000D, 0x68747541, 0x444D4163, 0x69746E65),
        [(1, 0)] = new(0x00A00F11, 0x00020800, 0xFFFA3203, 0x178BFBFF),
        [(7, 0)] = new(0x00000000, 0x219C07AB, 0x00400684, 0x00000010),
        [(0x80000000, 0)] = new(0x80000021, 0x68747541, 0x444D4163, 0x69746E65),
        [(0x80000005, 0)] = new(0xFF40FF40, 0xFF40FF40, 0x20080140, 0x20080140),
        [(0x80000006, 0)] = new(0x48002200, 0x68004200, 0x02006140, 0x08009140),
        [(0x8000001D, 0)] = new(0x00000121, 0x01C0003F, 0x0000003F, 0x00000000),
        [(0x8000001D, 1)] = new(0x00000122, 0x01C0003F, 0x0000003F, 0x00000000),
        [(0x8000001D, 2)] = new(0x00000143, 0x01C0003F, 0x000003FF, 0x00000002),
        [(0x8000001D, 3)] = new(0x00004163, 0x03C0003F, 0x00007FFF, 0x00000001),
    };

    /// <summary>An AMD EPYC of family 25, model 1, in a virtual machine that passes its caches on.</summary>
    public static CpuId Milan { get; } = Of(MilanLeaves);

    /// <summary>The same in one that hides them, all but the old leaves.</summary>
    public static CpuId HiddenMilan { get; } = Of(MilanLeaves.Where(leaf => leaf.Key.Item1 != 0x8000001D));

    /// <summary>The same with the old leaves hidden too.</summary>
    public static CpuId SilentMilan { get; } = Of(MilanLeaves.Where(leaf => leaf.Key.Item1 is not (0x8000001D or 0x80000005 or 0x80000006)));

    /// <summary>The same without a third level in the new leaf only.</summary>
    public static CpuId HalfHiddenMilan { get; } = Of(MilanLeaves.Where(leaf => leaf.Key != (0x8000001D, 3)));

    /// <summary>An Intel Core i7-7700K.</summary>
    public static CpuId KabyLake { get; } = Of(new Dictionary<(uint, uint), CpuIdLeaf>
    {
        [(0, 0)] = new(0x00000016, 0x756E6547, 0x6C65746E, 0x49656E69),
        [(1, 0)] = new(0x000906E9, 0x00100800, 0x7FFAFBBF, 0xBFEBFBFF),
        [(4, 0)] = new(0x1C004121, 0x01C0003F, 0x0000003F, 0x00000000),
        [(4, 1)] = new(0x1C004122, 0x01C0003F, 0x0000003F, 0x00000000),
        [(4, 2)] = new(0x1C004143, 0x00C0003F, 0x000003FF, 0x00000000),
        [(4, 3)] = new(0x1C03C163, 0x03C0003F, 0x00001FFF, 0x00000006),
        [(0x80000000, 0)] = new(0x80000008, 0, 0, 0),
        [(0x80000006, 0)] = new(0, 0, 0x01006040, 0),
    });

    /// <summary>What oneDNN keeps of the processor with hidden caches.</summary>
    public static uint[] HiddenWords() =>
    [
        2130245631, 2150727686, 50339848, 0, 1, 1, 2,
        1, 1, 1, 0, 0, 0, 0, 0, 0, 0,
        1, 1, 1, 0, 0, 0, 0, 0, 0, 0,
        3, 0, 1, 15, 1, 0, 10, 25, 1,
    ];

    private static CpuId Of(IEnumerable<KeyValuePair<(uint, uint), CpuIdLeaf>> leaves)
    {
        var all = leaves.ToDictionary();
        return (leaf, part) => all.GetValueOrDefault((leaf, part));
    }
}
