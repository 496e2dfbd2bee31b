namespace FashionCnn.Native;

/// <summary>What to compute activations in. Weights, statistics and loss are always 32-bit floats.</summary>
public enum PrecisionChoice
{
    /// <summary>bf16 where the device has instructions for it, otherwise fp32.</summary>
    Auto,

    /// <summary>32-bit floats.</summary>
    Fp32,

    /// <summary>16-bit floats of the range of 32-bit ones. No faster than fp32 where the device has no instructions for them.</summary>
    Bf16,
}
