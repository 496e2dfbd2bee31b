using TorchSharp;

namespace FashionCnn.Native;

/// <summary>Chooses what to compute on.</summary>
public static class ComputeDevice
{
    /// <summary>Turns <c>auto</c>, <c>cpu</c> or <c>cuda</c> into <c>cpu</c> or <c>cuda</c>.</summary>
    /// <exception cref="InputException">CUDA is asked for and not to be had.</exception>
    public static string Resolve(string choice) => choice switch
    {
        "cpu" => "cpu",
        "auto" => torch.cuda.is_available() ? "cuda" : "cpu",
        "cuda" when torch.cuda.is_available() => "cuda",
        "cuda" => throw new InputException(HasCudaLibrary()
            ? "--device cuda: Torch finds no NVIDIA GPU it can use. Check that nvidia-smi lists one, or use --device cpu."
            : "--device cuda: this build carries Torch's CPU library. Build with -p:TorchBackend=cuda on a machine with an NVIDIA GPU, or use --device cpu."),
        _ => throw new InputException($"--device {choice}: there is no such device. Use auto, cpu or cuda."),
    };

    private static bool HasCudaLibrary()
    {
        var file = OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so";
        return ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Any(folder => File.Exists(Path.Combine(folder, file)));
    }
}
