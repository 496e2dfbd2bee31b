extern alias Library;

using FashionCnn.Interchange;
using FashionCnn.Storage;
using FashionCnn.Tests;
using Library::FashionCnn.Compiler;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Keras;

/// <summary>Every spec and every valid fixture, written as a .keras file, comes back as the same network with the same weights.</summary>
public sealed class KerasFileTests : IDisposable
{
    // Layers with the one activation that Keras has no name for.
    private static readonly string[] Refused = ["activations", "activation_layers"];

    // Names within blocks and repetitions are not kept, and of a reshape's sizes the last one follows from the others: the fingerprint is another.
    private static readonly string[] Renamed = ["merges", "blocks_and_names", "nasnet_cells", "u_shape", "reshapes"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public static TheoryData<string> Ids => [.. CompiledModels.Ids];

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_comes_back(string id)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = RandomWeights.Create(CompiledModels.All[id]);
        var path = Path.Combine(folder.FullName, "model.keras");
        var spec = SpecCompiler.Compile($"{id}.json", model.Model.Spec);
        var tensors = model.state_dict();
        foreach (var count in tensors.Where(pair => pair.Key.EndsWith(".count", StringComparison.Ordinal)).Select(pair => pair.Value))
        {
            // An integer in Keras.
            using var guard = no_grad();
            _ = count.fill_(7);
        }

        using (var stream = File.Create(path))
        {
            if (Refused.Contains(id))
            {
                _ = Assert.Throws<InputException>(() => Write(stream));
                return;
            }

            Write(stream);
        }

        using var again = KerasImport.Read(path, new ImportOptions(id) { Pixels = PixelRange.ZeroToOne, KeepsInitializers = true });

        Assert.Equal(Layers(spec).Order(StringComparer.Ordinal), Layers(again.Spec).Order(StringComparer.Ordinal));
        var weights = Path.Combine(folder.FullName, "model.safetensors");
        using (var stream = File.Create(weights))
        {
            again.WriteWeights(stream, new Dictionary<string, string>());
        }

        using var file = SafetensorsFile.Open(weights);
        var given = file.Tensors.Keys.Select(file.Read).ToList();
        Assert.Equal(!Renamed.Contains(id), model.Model.ArchitectureFingerprint == file.Metadata["architecture_fingerprint"]);
        Assert.Equal(tensors.Values.Select(Digest).Order(), given.Select(Digest).Order());
        return;

        void Write(Stream stream) => KerasExport.Write(
            stream, spec, tensors.ToDictionary(pair => pair.Key, IReadOnlyList<long> (pair) => pair.Value.shape), (name, take) => TensorBytes.ForEachPart(tensors[name], bytes => take(bytes)));
    }

    private static IEnumerable<string> Layers(CompiledSpec spec) => spec.Summary().Layers.Select(layer => $"{layer.Kind} {layer.Settings} {string.Join('x', layer.OutputShape)}");

    private static string Digest(Tensor tensor) => $"{string.Join('x', tensor.shape)} {string.Join(' ', tensor.data<float>().Take(20))} {tensor.sum().item<float>():R}";
}
