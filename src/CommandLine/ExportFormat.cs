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
/// <param name="InAndOut">Says what goes into the model and what comes out.</param>
internal sealed record ExportFormat(string Name, string Ending, Action<CompiledSpec> Check, Action<Stream, ExportedModel> Write, Func<ExportedModel, string> InAndOut)
{
    /// <summary>ONNX.</summary>
    public static readonly ExportFormat Onnx = new(
        "onnx",
        ".onnx",
        OnnxExport.CheckSize,
        (stream, model) => OnnxExport.Write(stream, model.Spec, model.Options, model.Read),
        model => model.InAndOut(OnnxExport.InputName, model.Options.IsChannelsFirst, model.Options.HasLogits));

    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<ExportFormat> All { get; } =
    [
        Onnx,
        new("keras", ".keras", KerasExport.Check, (stream, model) => KerasExport.Write(stream, model.Spec, model.Shapes, model.Read), model => model.InAndOut(null, isChannelsFirst: false, !model.EndsInSoftmax))
        {
            HasClassNames = false,
        },
        new("pytorch", ".py", _ => { }, (stream, model) => PyTorchExport.Write(stream, model.Spec, model.WeightsBeside, model.Options.ClassNames), model => model.InAndOut(null, isChannelsFirst: true, hasLogits: true))
        {
            HasWeightsBeside = true,
        },
    ];

    /// <summary>The file has a place for the names of the classes.</summary>
    public bool HasClassNames { get; private init; } = true;

    /// <summary>The weights stand in a file beside it.</summary>
    public bool HasWeightsBeside { get; private init; }

    /// <summary>The format that is asked for.</summary>
    public static ExportFormat Of(string? name) => name is null ? All[0] : All.First(format => format.Name == name);
}

/// <summary>A model with its weights, for a file.</summary>
/// <param name="Spec">Its spec.</param>
/// <param name="Network">Its weights.</param>
/// <param name="Options">What ONNX files differ in.</param>
/// <param name="WeightsBeside">The name of the weights file that lies beside the one that is written, for a format with one.</param>
internal sealed record ExportedModel(CompiledSpec Spec, ImageClassifier Network, OnnxOptions Options, string WeightsBeside)
{
    private readonly Dictionary<string, TorchSharp.torch.Tensor> tensors = Network.state_dict();

    /// <summary>The sizes of the tensors.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes => tensors.ToDictionary(pair => pair.Key, IReadOnlyList<long> (pair) => pair.Value.shape);

    /// <summary>The spec ends in a softmax.</summary>
    public bool EndsInSoftmax => Spec.Plan!.Network!.Layers[^1].LeavesSoftmax;

    /// <summary>Reads a tensor.</summary>
    public void Read(string name, TakeBytes take) => TensorBytes.ForEachPart(tensors[name], bytes => take(bytes));

    /// <summary>Says what goes in and comes out: <c>Input: images, N x 28 x 28 x 1, pixels from 0 to 1. Output: probabilities, N x 10.</c></summary>
    public string InAndOut(string? name, bool isChannelsFirst, bool hasLogits)
    {
        var input = Network.Model.Input;
        var shape = isChannelsFirst ? $"{input.Channels} x {input.Height} x {input.Width}" : $"{input.Height} x {input.Width} x {input.Channels}";
        return $"Input: {(name is null ? string.Empty : $"{name}, ")}N x {shape}, pixels from 0 to 1. Output: {(hasLogits ? "logits" : "probabilities")}, N x {Network.Model.Classes}.";
    }
}
