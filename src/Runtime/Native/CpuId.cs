using System.Runtime.Intrinsics.X86;

namespace FashionCnn.Native;

/// <summary>One answer of the instruction CPUID.</summary>
internal readonly record struct CpuIdLeaf(uint Eax, uint Ebx, uint Ecx, uint Edx);

/// <summary>Asks a processor about itself: the present one, or in tests a recorded one.</summary>
/// <param name="leaf">What is asked (EAX).</param>
/// <param name="subleaf">Which part of it (ECX).</param>
internal delegate CpuIdLeaf CpuId(uint leaf, uint subleaf);

/// <summary>The instruction CPUID.</summary>
internal static class CpuIdInstruction
{
    /// <summary>Asks the present processor; null where it is no x86.</summary>
    public static CpuId? Current { get; } = X86Base.IsSupported ? Ask : null;

    private static CpuIdLeaf Ask(uint leaf, uint subleaf)
    {
        var (eax, ebx, ecx, edx) = X86Base.CpuId((int)leaf, (int)subleaf);
        return new((uint)eax, (uint)ebx, (uint)ecx, (uint)edx);
    }
}
