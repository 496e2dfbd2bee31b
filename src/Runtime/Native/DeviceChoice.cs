namespace FashionCnn.Native;

/// <summary>What to compute on.</summary>
public enum DeviceChoice
{
    /// <summary>A GPU if Torch can use one, otherwise the processor.</summary>
    Auto,

    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,
}
