using TorchSharp;

namespace FashionCnn.Native;

/// <summary>Chooses what to compute on.</summary>
internal static class ComputeDevice
{
    /// <summary>The word for a choice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such choice.</exception>
    public static string WordOf(DeviceChoice choice) => choice switch
    {
        DeviceChoice.Auto => "auto",
        DeviceChoice.Cpu => "cpu",
        DeviceChoice.Cuda => "cuda",
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "There is no such device."),
    };

    /// <summary>Turns <c>auto</c>, <c>cpu</c> or <c>cuda</c> into <c>cpu</c> or <c>cuda</c>.</summary>
    /// <exception cref="InputException">CUDA is asked for and not to be had.</exception>
    public static string Resolve(string choice) => Resolve(choice, torch.cuda.is_available, HasCudaLibrary);

    internal static string Resolve(string choice, Func<bool> isCudaAvailable, Func<bool> hasCudaLibrary) => choice switch
    {
        "cpu" => "cpu",
        "auto" => isCudaAvailable() ? "cuda" : "cpu",
        "cuda" when isCudaAvailable() => "cuda",
        "cuda" => throw new InputException(hasCudaLibrary()
            ? "Torch cannot find a usable NVIDIA GPU. Check that nvidia-smi lists one, or use the device cpu."
            : "This build carries Torch's CPU library. Build with TorchSharp-cuda-windows or TorchSharp-cuda-linux in its place (-p:TorchBackend=cuda), or use the device cpu.")
        { Setting = InputSetting.Device },
        _ => throw new InputException($"There is no device '{choice}'. Use auto, cpu or cuda.") { Setting = InputSetting.Device },
    };

    private static bool HasCudaLibrary()
    {
        var file = OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so";
        return NativeTorch.SearchFolders().Any(folder => File.Exists(Path.Combine(folder, file)));
    }
}
