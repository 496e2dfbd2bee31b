using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Storage;
using TorchSharp;

namespace FashionCnn.Checks;

/// <summary>Everything that decides what a self-check finds: a verdict holds for equal keys only.</summary>
/// <param name="Processor">Vendor, family, model and caches.</param>
/// <param name="Torch">The version of Torch's native library.</param>
/// <param name="Caches">What was done about the sizes of the processor's caches.</param>
/// <param name="Code">The builds of the operations and of the model.</param>
/// <param name="Environment">Variables that Torch's libraries choose kernels by.</param>
/// <param name="Architecture">The model's layers, and which are frozen.</param>
/// <param name="Setting">Precision, memory layout, threads and batch sizes.</param>
internal sealed record CheckKey(string Processor, string Torch, string Caches, string Code, string Environment, string Architecture, SelfCheckSetting Setting)
{
    private static readonly string[] Variables =
    [
        "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_DEFAULT_FPMATH_MODE", "ATEN_CPU_CAPABILITY", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "MKL_DEBUG_CPU_TYPE",
    ];

    /// <summary>The key of a model and a setting on this machine, as this process computes.</summary>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static CheckKey Of(ModelDescriptor model, SelfCheckSetting setting)
    {
        NativeTorch.EnsureLoaded();
        return new CheckKey(
            ProcessorIdentity.Current?.Signature ?? $"{RuntimeInformation.ProcessArchitecture}",
            torch.__version__,
            ProcessorCaches.State.Word,
            // A build's identity changes with its content. The generated code is in the model's.
            string.Concat(Build(typeof(CheckKey).Module), " ", Build(model.Create.Method.Module)),
            Assigned(),
            string.Concat(model.ArchitectureFingerprint, string.Concat(model.Layers.Where(layer => layer.IsFrozen).Select(layer => " " + layer.Name))),
            setting);
    }

    /// <summary>The key in one line.</summary>
    // Before every run it is compared with that of a verdict. Joining an array takes a tenth of what a record's own text does to start.
    public override string ToString()
    {
        string?[] parts =
        [
            Processor, Torch, Caches, Code, Environment, Architecture, Setting.Precision, Setting.Layout, Number(Setting.Threads), Number(Setting.TrainingBatch), Number(Setting.EvaluationBatch),
        ];
        return string.Join("; ", parts);
    }

    private static string Build(Module module) => ShortHash.Of(module.ModuleVersionId.ToByteArray());

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Assigned()
    {
        var text = string.Empty;
        foreach (var name in Variables)
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
            {
                text = string.Concat(text, name, "=", value + " ");
            }
        }

        return text;
    }
}
