using FashionCnn.Compiler;
using FashionCnn.Interchange;
using FashionCnn.Models;
using FashionCnn.Storage;

namespace FashionCnn.CommandLine;

/// <summary>A format that models are exported in.</summary>
/// <param name="Name">What <c>--format</c> calls it.</param>
/// <param name="Ending">The ending of its files.</param>
/// <param name="Check">Refuses what the format cannot have, before anything is read.</param>
/// <param name="Write">Writes a file.</param>
internal sealed record ExportFormat(string Name, string Ending, Action<CompiledSpec> Check, Action<Stream, ExportedModel> Write)
{
    /// <summary>ONNX.</summary>
    public static readonly ExportFormat Onnx = new("onnx", ".onnx", OnnxExport.CheckSize, (stream, model) => OnnxExport.Write(stream, model.Spec, model.Options, model.Read));

    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<ExportFormat> All { get; } =
    [
        Onnx,
        new("keras", ".keras", KerasExport.Check, (stream, model) => KerasExport.Write(stream, model.Spec, model.Shapes, model.Read)),
    ];

    /// <summary>The format that is asked for.</summary>
    public static ExportFormat Of(string? name) => name is null ? All[0] : All.First(format => format.Name == name);
}

/// <summary>A model with its weights, for a file.</summary>
/// <param name="Spec">Its spec.</param>
/// <param name="Network">Its weights.</param>
/// <param name="Options">What ONNX files differ in.</param>
internal sealed record ExportedModel(CompiledSpec Spec, ImageClassifier Network, OnnxOptions Options)
{
    private readonly Dictionary<string, TorchSharp.torch.Tensor> tensors = Network.state_dict();

    /// <summary>The sizes of the tensors.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes => tensors.ToDictionary(pair => pair.Key, IReadOnlyList<long> (pair) => pair.Value.shape);

    /// <summary>Reads a tensor.</summary>
    public void Read(string name, TakeBytes take) => TensorBytes.ForEachPart(tensors[name], bytes => take(bytes));
}
