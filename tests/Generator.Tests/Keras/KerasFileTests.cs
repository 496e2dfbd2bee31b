extern alias Library;

using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using FashionCnn.Interchange;
using FashionCnn.Models;
using FashionCnn.Storage;
using FashionCnn.Tests;
using Library::FashionCnn.Compiler;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Keras;

/// <summary>Every spec and every valid fixture, written as a .keras file, comes back as the same network with the same weights.</summary>
public sealed class KerasFileTests : IDisposable
{
    // Keras has no place for these, as docs/interchange.md says: without the spec in the file, the fingerprint is another, and the layers are the same.
    private const string NamesWithin = "a name within a block or a repetition";
    private const string LastSize = "the last size of a reshape, which follows from the others";
    private const string Linear = "a linear activation, which does nothing";
    private static readonly Dictionary<string, string> NotKept = new()
    {
        ["merges"] = NamesWithin,
        ["blocks_and_names"] = NamesWithin,
        ["nasnet_cells"] = NamesWithin,
        ["u_shape"] = NamesWithin,
        ["reshapes"] = LastSize,
        ["activation_layers"] = Linear,
    };

    // What Keras 3 writes of its layers, besides name and dtype.
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["InputLayer"] = "batch_shape sparse ragged optional",
        ["Conv2D"] = "trainable filters kernel_size strides padding data_format dilation_rate groups activation use_bias kernel_initializer bias_initializer kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint",
        ["DepthwiseConv2D"] = "trainable kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias depthwise_initializer bias_initializer depthwise_regularizer bias_regularizer activity_regularizer depthwise_constraint bias_constraint",
        ["SeparableConv2D"] = "trainable filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias depthwise_initializer pointwise_initializer bias_initializer depthwise_regularizer pointwise_regularizer bias_regularizer activity_regularizer depthwise_constraint pointwise_constraint bias_constraint",
        ["Conv2DTranspose"] = "trainable filters kernel_size strides padding output_padding data_format dilation_rate activation use_bias kernel_initializer bias_initializer kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint",
        ["MaxPooling2D"] = "trainable pool_size strides padding data_format",
        ["AveragePooling2D"] = "trainable pool_size strides padding data_format",
        ["GlobalAveragePooling2D"] = "trainable data_format keepdims",
        ["GlobalMaxPooling2D"] = "trainable data_format keepdims",
        ["BatchNormalization"] = "trainable axis momentum epsilon center scale beta_initializer gamma_initializer moving_mean_initializer moving_variance_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint synchronized",
        ["LayerNormalization"] = "trainable axis epsilon center scale rms_scaling beta_initializer gamma_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint",
        ["GroupNormalization"] = "trainable groups axis epsilon center scale beta_initializer gamma_initializer beta_regularizer gamma_regularizer beta_constraint gamma_constraint",
        ["Normalization"] = "trainable axis mean variance invert",
        ["LayerScale"] = "trainable init_values projection_dim",
        ["Dropout"] = "trainable rate noise_shape seed",
        ["SpatialDropout2D"] = "rate data_format seed",
        ["GaussianNoise"] = "trainable stddev seed",
        ["Flatten"] = "trainable data_format",
        ["Reshape"] = "trainable target_shape",
        ["Dense"] = "trainable units activation use_bias kernel_initializer bias_initializer kernel_regularizer bias_regularizer kernel_constraint bias_constraint",
        ["Activation"] = "trainable activation",
        ["ReLU"] = "trainable max_value negative_slope threshold",
        ["LeakyReLU"] = "trainable negative_slope",
        ["PReLU"] = "trainable alpha_initializer alpha_regularizer alpha_constraint shared_axes",
        ["ELU"] = "trainable alpha",
        ["Softmax"] = "trainable axis",
        ["ZeroPadding2D"] = "trainable padding data_format",
        ["Cropping2D"] = "trainable cropping data_format",
        ["UpSampling2D"] = "trainable size data_format interpolation",
        ["Rescaling"] = "trainable scale offset",
        ["RandomFlip"] = "trainable mode seed data_format",
        ["RandomTranslation"] = "trainable height_factor width_factor fill_mode interpolation seed fill_value data_format",
        ["RandomRotation"] = "trainable factor fill_mode interpolation seed fill_value data_format",
        ["RandomZoom"] = "trainable height_factor width_factor fill_mode interpolation seed fill_value data_format",
        ["RandomContrast"] = "trainable factor value_range seed",
        ["RandomBrightness"] = "trainable factor value_range seed",
        ["RandomErasing"] = "trainable factor scale fill_value value_range seed",
        ["Add"] = "trainable",
        ["Multiply"] = "trainable",
        ["Average"] = "trainable",
        ["Maximum"] = "trainable",
        ["Minimum"] = "trainable",
        ["Subtract"] = "trainable",
        ["Concatenate"] = "trainable axis",
    };

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public static TheoryData<string> Ids => [.. CompiledModels.Ids];

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Ids))]
    public void It_comes_back_and_computes_the_same(string id)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        manual_seed(1);
        // Keras has no name for one activation.
        var descriptor = CompiledModels.All[id] is var original && original.Spec.Contains("gelu_tanh", StringComparison.Ordinal)
            ? CompiledModels.Load([SpecFile.Of(original.Spec.Replace("gelu_tanh", "gelu", StringComparison.Ordinal), $"{id}.json")]).Values.Single() : original;
        using var model = RandomWeights.Create(descriptor);
        var tensors = model.state_dict();
        foreach (var count in tensors.Where(pair => pair.Key.EndsWith(".count", StringComparison.Ordinal)).Select(pair => pair.Value))
        {
            // An integer in Keras.
            _ = count.fill_(7);
        }

        var path = Path.Combine(folder.FullName, "model.keras");
        using (var stream = File.Create(path))
        {
            KerasExport.Write(
                stream,
                SpecCompiler.Compile($"{id}.json", descriptor.Spec),
                tensors.ToDictionary(pair => pair.Key, IReadOnlyList<long> (pair) => pair.Value.shape),
                (name, take) => TensorBytes.ForEachPart(tensors[name], bytes => take(bytes)));
        }

        CheckSettings(path);
        CheckComesBackAsItWas(path, descriptor, tensors);
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            archive.GetEntry("metadata.json")!.Delete();
        }

        using var again = KerasImport.Read(path, new ImportOptions(id) { Pixels = PixelRange.ZeroToOne, KeepsInitializers = true });
        var weights = Path.Combine(folder.FullName, "model.safetensors");
        using (var stream = File.Create(weights))
        {
            again.WriteWeights(stream, new Dictionary<string, string>());
        }

        using var file = SafetensorsFile.Open(weights);
        Assert.Equal(!NotKept.ContainsKey(id), descriptor.ArchitectureFingerprint == file.Metadata["architecture_fingerprint"]);
        Assert.Equal(Layers(SpecCompiler.Compile($"{id}.json", descriptor.Spec)), Layers(again.Spec));
        Assert.Equal(tensors.Values.Select(Digest).Order(StringComparer.Ordinal), file.Tensors.Keys.Select(name => Digest(file.Read(name))).Order(StringComparer.Ordinal));
        using var other = CompiledModels.Load([SpecFile.Of(again.Spec.Text, $"{id}.json")]).Values.Single().Create();
        _ = ModelWeights.Load(other, weights);
        other.eval();
        var images = rand(2, descriptor.Input.Channels, descriptor.Input.Height, descriptor.Input.Width);
        var (expected, given) = (model.forward(images), other.forward(images));
        // What is added up may come in another order.
        Assert.InRange((expected - given).abs().max().item<float>() / expected.abs().max().item<float>(), 0, 1e-6f);
    }

    /// <summary>With the spec that the file carries, the text, the fingerprint and every tensor are the same.</summary>
    private void CheckComesBackAsItWas(string path, ModelDescriptor descriptor, Dictionary<string, Tensor> tensors)
    {
        using var model = KerasImport.Read(path, new ImportOptions(descriptor.Id));
        var weights = Path.Combine(folder.FullName, "whole.safetensors");
        using (var stream = File.Create(weights))
        {
            model.WriteWeights(stream, new Dictionary<string, string>());
        }

        using var file = SafetensorsFile.Open(weights);
        Assert.Equal(descriptor.Spec, model.Spec.Text);
        Assert.Equal(descriptor.ArchitectureFingerprint, file.Metadata["architecture_fingerprint"]);
        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(tensors, pair => Assert.Equal(Digest(pair.Value), Digest(file.Read(pair.Key))));
    }

    /// <summary>What the layers are and give, in an order of their own.</summary>
    private static List<string> Layers(CompiledSpec spec) =>
        [.. spec.Summary().Layers.Where(layer => layer.Kind != "Activation" || layer.Settings != "linear").Select(layer => $"{layer.Kind} {layer.Settings} {string.Join('x', layer.OutputShape)} {layer.Parameters}").Order(StringComparer.Ordinal)];

    private static void CheckSettings(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        using var entry = archive.GetEntry("config.json")!.Open();
        using var config = JsonDocument.Parse(entry);
        foreach (var layer in config.RootElement.GetProperty("config").GetProperty("layers").EnumerateArray())
        {
            var type = layer.GetProperty("class_name").GetString()!;
            var written = layer.GetProperty("config").EnumerateObject().Select(setting => setting.Name).Except(["name", "dtype"]);
            Assert.Equal(Settings[type].Split(' ').Order(StringComparer.Ordinal).Prepend(type), written.Order(StringComparer.Ordinal).Prepend(type));
        }
    }

    private static string Digest(Tensor tensor)
    {
        using var bytes = new MemoryStream();
        TensorBytes.ForEachPart(tensor, part => bytes.Write(part));
        return $"{string.Join('x', tensor.shape)} {Convert.ToHexString(SHA256.HashData(bytes.ToArray()))}";
    }
}
