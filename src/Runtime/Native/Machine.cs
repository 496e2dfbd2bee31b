using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace FashionCnn.Native;

/// <summary>The machine as far as it matters to Torch.</summary>
/// <param name="Processor">Its name; the architecture where the system does not say it.</param>
/// <param name="InstructionSets">The vector instruction sets that Torch's kernels are made for, as the system names them.</param>
/// <param name="ComputesBf16">It has instructions for bf16, so that <c>auto</c> takes it.</param>
/// <param name="Cores">Logical cores that this process may use.</param>
/// <param name="MemoryBytes">Memory that this process may use.</param>
/// <param name="System">The operating system.</param>
/// <param name="Libtorch">The version of Torch's native library.</param>
/// <param name="Libraries">The files of Torch that are loaded: Torch itself, and TorchSharp's binding to it.</param>
internal sealed record Machine(
    string Processor, IReadOnlyList<string> InstructionSets, bool ComputesBf16, int Cores, long MemoryBytes, string System, string Libtorch, IReadOnlyList<string> Libraries)
{
    private static readonly string[] Sets = ["sse4_1", "sse4_2", "avx", "avx2", "fma", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_bf16", "asimd", "bf16", "sve"];

    /// <summary>Describes this machine.</summary>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static Machine Read()
    {
        NativeTorch.EnsureLoaded();
        var description = ComputePrecision.DescribeProcessor();
        var flags = (Value(description, "flags") ?? Value(description, "Features") ?? string.Empty).Split(' ').ToHashSet();
        using var process = Process.GetCurrentProcess();
        return new(
            Value(description, "model name") ?? $"{RuntimeInformation.ProcessArchitecture}",
            [.. Sets.Where(flags.Contains)],
            ComputePrecision.IsNative(description),
            Environment.ProcessorCount,
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            RuntimeInformation.OSDescription,
            torch.__version__,
            [.. process.Modules.Cast<ProcessModule>().Select(module => module.FileName).Where(IsTorch).Distinct()]);
    }

    private static string? Value(string description, string key) => description.Split('\n')
        .Select(line => line.Split(':', 2))
        .FirstOrDefault(parts => parts.Length == 2 && parts[0].Trim() == key)?[1].Trim();

    private static bool IsTorch(string path) => Path.GetFileName(path) is var name
        && (name.Contains("torch_cpu", StringComparison.Ordinal) || name.Contains("torch_cuda", StringComparison.Ordinal) || name.Contains("LibTorchSharp", StringComparison.Ordinal));
}
