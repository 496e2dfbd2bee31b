using System.Text.Json.Nodes;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Interchange.Onnx;

namespace FashionCnn.Interchange;

/// <summary>How to export a model as ONNX.</summary>
public sealed record OnnxOptions
{
    /// <summary>The images are N x channels x height x width; otherwise N x height x width x channels, as in Keras.</summary>
    public bool IsChannelsFirst { get; init; }

    /// <summary>The model ends in logits; otherwise in probabilities.</summary>
    public bool HasLogits { get; init; }

    /// <summary>The names of the classes, in their order; null for none.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }
}

/// <summary>Takes a part of a tensor's values.</summary>
/// <param name="bytes">32-bit floats, little-endian.</param>
public delegate void TakeBytes(ReadOnlySpan<byte> bytes);

/// <summary>Hands a tensor's values on, part by part, in the order of the state dict: the last index runs fastest.</summary>
/// <param name="name">The tensor's name in the state dict, such as <c>conv1.weight</c>.</param>
/// <param name="take">Takes the parts.</param>
public delegate void ReadTensor(string name, TakeBytes take);

/// <summary>Writes models as ONNX files (opset 17, IR version 8).</summary>
public static class OnnxExport
{
    /// <summary>The name of the model's input.</summary>
    public const string InputName = "images";

    /// <summary>Refuses a model that is larger than an ONNX file may be. No weight is needed to tell.</summary>
    /// <param name="spec">The spec, which compiles.</param>
    /// <exception cref="InputException">It is too large.</exception>
    public static void CheckSize(CompiledSpec spec) => _ = Prepare(spec, new OnnxOptions());

    /// <summary>Writes a model.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="spec">The spec, which compiles.</param>
    /// <param name="options">What comes in and out.</param>
    /// <param name="read">Reads the weights; it is called once for each tensor.</param>
    /// <exception cref="InputException">The model is too large.</exception>
    public static void Write(Stream stream, CompiledSpec spec, OnnxOptions options, ReadTensor read) => Prepare(spec, options).Write(stream, read);

    /// <summary>The texts that go with the file.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Metadata(CompiledSpec spec, OnnxOptions options)
    {
        yield return KeyValuePair.Create("model", spec.Plan!.Id);
        yield return KeyValuePair.Create("architecture_fingerprint", Fingerprint.OfArchitecture(spec.Plan.Network!));
        // What models were fed elsewhere is in their first layers.
        yield return KeyValuePair.Create("pixels", PixelRange.ZeroToOne.Word());
        yield return KeyValuePair.Create("input_layout", options.IsChannelsFirst ? "nchw" : "nhwc");
        if (options.ClassNames is { } names)
        {
            yield return KeyValuePair.Create("class_names", new JsonArray([.. names.Select(name => (JsonNode)name)]).ToJsonString());
        }
    }

    private static OnnxModel Prepare(CompiledSpec spec, OnnxOptions options) => !spec.IsModel ? throw new ArgumentException("The spec has errors.", nameof(spec))
        : OnnxModel.Of(spec, options) ?? throw new InputException(FormattableString.Invariant(
            $"{spec.Plan!.Id} has {spec.Plan.Network!.Counts.Parameters:N0} parameters of 4 bytes, and an ONNX file holds at most 2 GiB. --format keras has no such limit."));
}
