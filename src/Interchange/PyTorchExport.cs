using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Code;
using FashionCnn.Interchange.PyTorch;

namespace FashionCnn.Interchange;

/// <summary>Writes models as Python sources for PyTorch 1.13 and later, which read the model's weights file.</summary>
public static class PyTorchExport
{
    /// <summary>What is wrong with the name of a source, so that Python could not import it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A sentence; null for a name that will do.</returns>
    public static string? FaultOfName(string path)
    {
        const string Ending = ".py";
        return !path.EndsWith(Ending, StringComparison.Ordinal) ? $"the name of a Python source ends in {Ending}."
            : Python.IsModule(Path.GetFileName(path)[..^Ending.Length]) ? null
            : "Python cannot import a source of this name. Use letters, digits and underscores, and no reserved word, as in net.py.";
    }

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
