using System.Runtime.InteropServices;

namespace FashionCnn.Native;

/// <summary>What NVIDIA's driver says of the GPU that Torch computes on. TorchSharp does not ask it.</summary>
internal static class CudaDevice
{
    // By CUDA's cuda.h; the names are those of the driver's C interface, which keeps them.
    private const int Success = 0;
    private const int CapabilityMajor = 75;
    private const int CapabilityMinor = 76;

    private delegate int Init(uint flags);

    private delegate int Get(out int device, int ordinal);

    private delegate int GetAttribute(out int value, int attribute, int device);

    /// <summary>The compute capability, such as 8.0, of the first device that the process sees; null when the driver does not say it.</summary>
    public static Version? Capability()
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver))
        {
            return null;
        }

        return Function<Init>(driver, "cuInit") is { } init && init(0) == Success
            && Function<Get>(driver, "cuDeviceGet") is { } get && get(out var device, 0) == Success
            && Function<GetAttribute>(driver, "cuDeviceGetAttribute") is { } attribute
            && attribute(out var major, CapabilityMajor, device) == Success
            && attribute(out var minor, CapabilityMinor, device) == Success
            ? new Version(major, minor)
            : null;
    }

    private static T? Function<T>(nint library, string name)
        where T : Delegate =>
        NativeLibrary.TryGetExport(library, name, out var address) ? Marshal.GetDelegateForFunctionPointer<T>(address) : null;
}
