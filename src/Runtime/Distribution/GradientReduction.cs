namespace FashionCnn.Distribution;

/// <summary>The type in which ranks exchange gradients.</summary>
internal static class GradientReduction
{
    /// <summary>Single precision.</summary>
    public const string Fp32 = "fp32";

    /// <summary>Eight significant bits: half the bytes, and every sum is rounded.</summary>
    public const string Bf16 = "bf16";
}
