using System.CommandLine;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Interchange;
using FashionCnn.Storage;

namespace FashionCnn.Commands;

/// <summary>A format that models are exported in.</summary>
/// <param name="Name">What <c>--format</c> calls it.</param>
/// <param name="Ending">The ending of its files.</param>
/// <param name="Check">Refuses what the format cannot have, before anything is read.</param>
/// <param name="Write">Writes a file.</param>
internal sealed record ExportFormat(string Name, string Ending, Action<CompiledSpec> Check, Action<Stream, ExportedModel> Write)
{
    /// <summary>The order of the dimensions of ONNX's images.</summary>
    public static readonly Option<string?> InputLayout = Commands.Options.Choice(
        "--input-layout", ["nhwc", "nchw"], "For onnx, the order of the images' dimensions: N x height x width x channels, as in Keras, or N x channels x height x width, as in Torch. Default: nhwc.");

    /// <summary>What ONNX's graphs end in.</summary>
    public static readonly Option<bool> Logits = new("--logits") { Description = "For onnx: end in logits instead of probabilities." };

    /// <summary>All of them; the first is the default.</summary>
    public static IReadOnlyList<ExportFormat> All { get; } =
    [
        new("onnx", ".onnx", OnnxExport.CheckSize, (stream, model) => OnnxExport.Write(stream, model.Spec, model.Options, model.Read))
        {
            Options = [InputLayout, Logits],
            InputName = OnnxExport.InputName,
            GivesProbabilities = model => !model.Options.HasLogits,
        },
        new("keras", ".keras", KerasExport.Check, (stream, model) => KerasExport.Write(stream, model.Spec, model.Shapes, model.Read)) { KeepsClassNames = false },
        new("pytorch", ".py", _ => { }, (stream, model) => PyTorchExport.Write(stream, model.Spec, model.WeightsBeside, model.Options.ClassNames))
        {
            HasWeightsBeside = true,
            FaultOfName = PyTorchExport.FaultOfName,
            IsChannelsFirst = _ => true,
            GivesProbabilities = _ => false,
        },
    ];

    /// <summary>The options that are for this format.</summary>
    public IReadOnlyList<Option> Options { get; init; } = [];

    /// <summary>What is wrong with the name of a file, and what to do; null for nothing.</summary>
    public Func<string, string?> FaultOfName { get; init; } = _ => null;

    /// <summary>The names of the classes are in the file.</summary>
    public bool KeepsClassNames { get; init; } = true;

    /// <summary>The weights lie in a file beside it.</summary>
    public bool HasWeightsBeside { get; init; }

    /// <summary>Whether the images are N x channels x height x width, not N x height x width x channels.</summary>
    public Func<ExportedModel, bool> IsChannelsFirst { get; init; } = model => model.Options.IsChannelsFirst;

    /// <summary>What programs call the images that they feed the model; null where they have no name.</summary>
    public string? InputName { get; init; }

    /// <summary>Whether a model's file gives probabilities, not logits.</summary>
    public Func<ExportedModel, bool> GivesProbabilities { get; init; } = model => model.Spec.Plan!.Network!.Layers[^1].LeavesSoftmax;

    /// <summary>The format that is asked for.</summary>
    public static ExportFormat Of(string? name) => name is null ? All[0] : All.First(format => format.Name == name);
}

/// <summary>A model with its weights, for a file.</summary>
/// <param name="Spec">Its spec.</param>
/// <param name="Weights">Its weights, which fit it.</param>
/// <param name="Options">What ONNX files differ in.</param>
/// <param name="WeightsBeside">The name of the weights file that lies beside the one that is written, for a format with one.</param>
internal sealed record ExportedModel(CompiledSpec Spec, SafetensorsFile Weights, OnnxOptions Options, string WeightsBeside)
{
    /// <summary>The sizes of the tensors.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes => StateDict.Of(Spec.Plan!.Network!).ToDictionary(tensor => tensor.Name, IReadOnlyList<long> (tensor) => tensor.Shape);

    /// <summary>Reads a tensor.</summary>
    public void Read(string name, TakeBytes take) => Weights.ForEachPart(name, bytes => take(bytes));
}
