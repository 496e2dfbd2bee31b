using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FashionCnn.Storage;

namespace FashionCnn.Native;

/// <summary>Which x86 processor this is, as it says itself. Torch is not needed for it.</summary>
/// <param name="Vendor">Such as <c>AuthenticAMD</c> or <c>GenuineIntel</c>.</param>
/// <param name="Family">The family, extension included.</param>
/// <param name="Model">The model, extension included.</param>
/// <param name="Stepping">The stepping.</param>
/// <param name="DataCaches">The true sizes of its data caches; null when it does not say them anywhere.</param>
/// <param name="Signature">Equal for two processors only when they are the same to Torch's kernels: the identity above, and a sum over caches and instruction sets.</param>
internal sealed record ProcessorIdentity(string Vendor, int Family, int Model, int Stepping, CacheSizes? DataCaches, string Signature)
{
    private const uint CacheParts = 5;

    // What is asked for the signature.
    private const int Leaves = 5 + (2 * (int)CacheParts);

    /// <summary>The present processor; null where it is no x86.</summary>
    public static ProcessorIdentity? Current { get; } = CpuIdInstruction.Current is { } processor ? Of(processor) : null;

    internal static ProcessorIdentity Of(CpuId processor)
    {
        var (_, ebx, ecx, edx) = processor(0, 0);
        var vendor = Encoding.ASCII.GetString(MemoryMarshal.AsBytes<uint>(new[] { ebx, edx, ecx }));
        var version = processor(1, 0).Eax;
        var family = (int)((version >> 8) & 0xF);
        var model = (int)((version >> 4) & 0xF);
        if (family is 6 or 15)
        {
            model += (int)((version >> 16) & 0xF) << 4;
        }

        if (family == 15)
        {
            family += (int)((version >> 20) & 0xFF);
        }

        var stepping = (int)(version & 0xF);
        string[] signature = [vendor, Number(family), Number(model), Number(stepping), Sum(processor)];
        return new(vendor, family, model, stepping, CacheSizes.Of(processor), string.Join("-", signature));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    // Loops, which start at once: the verdict of a self-check is read before every run.
    private static string Sum(CpuId processor)
    {
        var words = new uint[4 * Leaves];
        var length = 0;
        // Of leaf 1 only what does not depend on the core that is asked.
        var features = processor(1, 0);
        Add(words, ref length, new CpuIdLeaf(0, 0, features.Ecx, features.Edx));
        Add(words, ref length, processor(7, 0));
        Add(words, ref length, processor(7, 1));
        for (var part = 0u; part < CacheParts; part++)
        {
            Add(words, ref length, processor(4, part));
        }

        for (var part = 0u; part < CacheParts; part++)
        {
            Add(words, ref length, processor(0x8000001D, part));
        }

        Add(words, ref length, processor(0x80000005, 0));
        Add(words, ref length, processor(0x80000006, 0));
        return ShortHash.Of(MemoryMarshal.AsBytes<uint>(words))[..12];
    }

    private static void Add(uint[] words, ref int length, CpuIdLeaf leaf)
    {
        words[length++] = leaf.Eax;
        words[length++] = leaf.Ebx;
        words[length++] = leaf.Ecx;
        words[length++] = leaf.Edx;
    }
}
