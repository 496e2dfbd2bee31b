using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Interchange.PyTorch;

namespace FashionCnn.Interchange;

/// <summary>Writes models as Python sources for PyTorch 1.13 and later, which read the model's weights file.</summary>
public static class PyTorchExport
{
    /// <summary>Writes the source: a class that computes logits, and a function that makes it with its weights.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="spec">The spec, which compiles.</param>
    /// <param name="weightsFile">The safetensors file that the function reads unless it is given another one: a name, which lies beside the source.</param>
    /// <param name="classNames">The names of the classes, in their order; null for none.</param>
    public static void Write(Stream stream, CompiledSpec spec, string weightsFile, IReadOnlyList<string>? classNames)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(spec);
        if (!spec.IsModel)
        {
            throw new ArgumentException("The spec has errors.", nameof(spec));
        }

        stream.Write(Encoding.UTF8.GetBytes(PyTorchSource.Of(spec.Plan!, weightsFile, classNames)));
    }
}
