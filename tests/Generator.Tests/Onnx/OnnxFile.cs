extern alias Library;

using FashionCnn.Interchange;
using FashionCnn.Models;
using FashionCnn.Storage;
using Library::FashionCnn.Compiler;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace FashionCnn.Generator.Tests.Onnx;

/// <summary>A model as an ONNX file, in ONNX Runtime.</summary>
internal sealed class OnnxFile : IDisposable
{
    private readonly InferenceSession session;
    private readonly OnnxOptions options;

    public OnnxFile(ImageClassifier model, OnnxOptions options)
    {
        this.options = options;
        Bytes = Export(model, options);
        // The tests share few cores with others.
        using var settings = new SessionOptions { IntraOpNumThreads = 1 };
        session = new InferenceSession(Bytes, settings);
    }

    /// <summary>The file.</summary>
    public byte[] Bytes { get; }

    public IReadOnlyDictionary<string, NodeMetadata> Inputs => session.InputMetadata;

    public IReadOnlyDictionary<string, NodeMetadata> Outputs => session.OutputMetadata;

    public ModelMetadata Metadata => session.ModelMetadata;

    public static byte[] Export(ImageClassifier model, OnnxOptions options)
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        var tensors = model.state_dict();
        OnnxExport.Write(
            stream, SpecCompiler.Compile($"{model.Model.Id}.json", model.Model.Spec), options, (name, take) => TensorBytes.ForEachPart(tensors[name], bytes => take(bytes)));
        return stream.ToArray();
    }

    /// <summary>What comes out for images, N x channels x height x width, whatever the file's layout is.</summary>
    public float[] Run(Tensor images)
    {
        using var scope = NewDisposeScope();
        var given = (options.IsChannelsFirst ? images : images.permute(0, 2, 3, 1)).contiguous();
        var input = new DenseTensor<float>(given.data<float>().ToArray(), [.. given.shape.Select(size => (int)size)]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(Inputs.Keys.Single(), input)]);
        return [.. results.Single().AsEnumerable<float>()];
    }

    public void Dispose() => session.Dispose();
}
