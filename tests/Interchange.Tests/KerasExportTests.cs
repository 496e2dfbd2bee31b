using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Interchange.Keras;
using PureHDF;
using Xunit;

namespace FashionCnn.Interchange.Tests;

/// <summary>Models that Keras wrote, imported and written again.</summary>
public sealed class KerasExportTests
{
    public static TheoryData<string> Models => ["functional_residual", "sequential_bn", "resnet", "densenet", "mobilenet_v2", "mobilenet_v3_minimalistic"];

    public static TheoryData<string> Architectures => [.. Fixture.Applications];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Layers_come_in_the_order_in_which_Keras_has_them(string name)
    {
        using var file = JsonDocument.Parse(Fixture.Architecture(name));
        var layers = file.RootElement.GetProperty("config").GetProperty("layers").EnumerateArray().ToList();
        var places = layers.Select((layer, place) => (layer.GetProperty("name").GetString()!, place)).ToDictionary(pair => pair.Item1, pair => pair.place);
        // As they are, and from another order in the file.
        var inputs = layers.Select(IReadOnlyList<int> (layer) => [.. Histories(layer.GetProperty("inbound_nodes")).Select(source => places[source])]).ToList();
        var last = places[file.RootElement.GetProperty("config").GetProperty("output_layers")[0].GetString()!];
        Assert.Equal(Enumerable.Range(0, layers.Count), KerasLayerOrder.Of(inputs, last));

        var count = layers.Count;
        List<IReadOnlyList<int>> turned = [.. inputs.AsEnumerable().Reverse().Select(IReadOnlyList<int> (list) => [.. list.Select(place => count - 1 - place)])];
        Assert.Equal(Enumerable.Range(0, count).Select(place => count - 1 - place), KerasLayerOrder.Of(turned, count - 1 - last));
    }

    [Theory]
    [InlineData("functional_residual")]
    [InlineData("sequential_bn")]
    public void The_file_has_the_members_the_groups_and_the_values_of_Keras(string name)
    {
        using var folder = new Folder();
        var path = Export(folder, Fixture.At($"{name}.keras"), PixelRange.ZeroToOne).Path;

        using var theirs = ZipFile.OpenRead(Fixture.At($"{name}.keras"));
        using var ours = ZipFile.OpenRead(path);
        Assert.Equal(theirs.Entries.Select(entry => entry.FullName), ours.Entries.Select(entry => entry.FullName));
        Assert.All(ours.Entries, entry => Assert.Equal(entry.Length, entry.CompressedLength));
        var expected = Weights(theirs, folder.Path);
        if (name == "sequential_bn")
        {
            // A functional model has its input among the layers, and another name.
            expected = [.. expected.Append("layers/input_layer/vars name=input_layer").Select(line => line.Replace("vars name=sequential", "vars name=imported", StringComparison.Ordinal))];
        }
        else
        {
            expected = [.. expected.Select(line => line.Replace("name=functional_1", "name=imported", StringComparison.Ordinal).Replace("name=input_layer_1", "name=input_layer", StringComparison.Ordinal))];
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), Weights(ours, folder.Path).Order(StringComparer.Ordinal));
    }

    // The architectures have kinds that the models with weights do not have.
    [Theory]
    [MemberData(nameof(Models))]
    [InlineData("ConvNeXtTiny")]
    [InlineData("EfficientNetB0")]
    [InlineData("NASNetMobile")]
    [InlineData("InceptionV3")]
    public void Every_layer_is_written_as_Keras_writes_it(string name)
    {
        using var folder = new Folder();
        var isApplication = Fixture.Applications.Contains(name);
        var path = isApplication ? folder.Write("architecture.json", Fixture.Architecture(name)) : Fixture.At($"{name}.keras");
        using var model = KerasImport.Read(path, new ImportOptions("imported") { Pixels = PixelRange.ZeroToOne, KeepsInitializers = true });
        using var theirs = isApplication ? JsonDocument.Parse(Fixture.Architecture(name)) : Config(path);
        using var stream = new MemoryStream();
        KerasConfig.Write(stream, "imported", KerasNode.Of(model.Spec.Plan!.Network!));
        using var ours = JsonDocument.Parse(stream.ToArray());

        var written = Layers(ours).ToDictionary(layer => layer.GetProperty("name").GetString()!, layer => JsonObject.Create(layer)!);
        var sources = Layers(theirs).Select(layer => JsonObject.Create(layer)!).ToDictionary(layer => (string)layer["config"]!["name"]!);
        var compared = new HashSet<string>();
        foreach (var (source, layer) in sources)
        {
            if (Target(source) is not { } target || ((string)layer["module"]!).StartsWith("keras.src.ops", StringComparison.Ordinal))
            {
                continue;
            }

            // Layers of a sequential model have neither a name beside their settings nor inputs.
            var other = written[target];
            if (!layer.ContainsKey("inbound_nodes"))
            {
                Assert.True(other.Remove("name") && other.Remove("inbound_nodes"));
            }

            // What only repeats its input, or is in another model, has no place of its own here.
            if (Histories(layer["inbound_nodes"]).Any(input => Target((string)input[0]!) is null))
            {
                Assert.True(layer.Remove("inbound_nodes") && other.Remove("inbound_nodes"));
            }

            foreach (var input in Histories(layer["inbound_nodes"]).ToList())
            {
                input[0] = Target((string)input[0]!);
            }

            layer["config"]!["name"] = target;
            if (layer.ContainsKey("name"))
            {
                layer["name"] = target;
            }

            if (other["config"]!["target_shape"] is JsonArray { Count: > 1 } sizes && layer["config"]!["target_shape"] is JsonArray given)
            {
                // The last size follows from the others, and import leaves it open.
                Assert.Equal(-1, (int)sizes[^1]!);
                sizes[^1] = given[^1]!.DeepClone();
            }

            Assert.Equal(Lines(layer, string.Empty, other), Lines(other, string.Empty, layer));
            _ = compared.Add((string)layer["class_name"]!);
        }

        string[] kinds = name switch
        {
            "functional_residual" => ["InputLayer", "Add", "BatchNormalization", "Conv2D", "Dense", "GlobalAveragePooling2D"],
            "sequential_bn" => ["InputLayer", "BatchNormalization", "Conv2D", "Dense", "Dropout", "Flatten", "MaxPooling2D"],
            "densenet" => ["Activation", "AveragePooling2D", "Concatenate", "ZeroPadding2D"],
            "mobilenet_v2" => ["DepthwiseConv2D", "ReLU"],
            "mobilenet_v3_minimalistic" => ["Rescaling"],
            "ConvNeXtTiny" => ["LayerNormalization", "LayerScale", "Normalization"],
            "EfficientNetB0" => ["Multiply", "Normalization", "Reshape"],
            "NASNetMobile" => ["Cropping2D", "SeparableConv2D"],
            _ => ["Conv2D"],
        };
        Assert.Empty(kinds.Except(compared));

        string? Target(string source) => sources.TryGetValue(source, out var layer) && (string)layer["class_name"]! == "InputLayer" ? "input_layer"
            : model.Map.FirstOrDefault(origin => origin.Source == source) is { Layers: [var target] } ? target : null;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void What_is_imported_again_is_the_same_network_with_the_same_weights(string name)
    {
        using var folder = new Folder();
        var (path, model) = Export(folder, Fixture.At($"{name}.keras"), PixelRange.ZeroToOne);
        using var owned = model;
        Fixture.RemoveSpec(path);
        using var again = KerasImport.Read(path, new ImportOptions("imported") { Pixels = PixelRange.ZeroToOne });

        Assert.Equal(Fingerprint.OfArchitecture(model.Spec.Plan!.Network!), Fingerprint.OfArchitecture(again.Spec.Plan!.Network!));
        var (first, second) = (new Tensors(model), new Tensors(again));
        Assert.Equal(first.Shapes.Count, second.Shapes.Count);
        Assert.True(first.Data.SequenceEqual(second.Data));
    }

    [Hdf5ToolsFact]
    public void The_library_of_HDF5_reads_the_weights_of_a_thousand_layers()
    {
        using var folder = new Folder();
        var path = Thousand(folder);
        using (var archive = ZipFile.OpenRead(path))
        {
            archive.GetEntry("model.weights.h5")!.ExtractToFile(Path.Combine(folder.Path, "weights.h5"));
        }

        var start = new ProcessStartInfo("h5dump", [Path.Combine(folder.Path, "weights.h5")]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        var kernels = Regex.Matches(text, @"DATASET ""0"" \{\s+DATATYPE  H5T_IEEE_F32LE\s+DATASPACE  SIMPLE \{ \( 1, 1, 1, 1 \) / \( 1, 1, 1, 1 \) \}\s+DATA \{\s+\(0,0,0,0\): (\d+)");
        Assert.Equal(Enumerable.Range(1, 1000), kernels.Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Order());
        Assert.Equal(1000, Regex.Count(text, @"\(0\): ""conv\d+"""));
    }

    [Fact]
    public void A_thousand_layers_come_back()
    {
        using var folder = new Folder();
        var path = Thousand(folder);
        Fixture.RemoveSpec(path);

        using var again = KerasImport.Read(path, new ImportOptions("thousand") { Pixels = PixelRange.ZeroToOne });

        var tensors = new Tensors(again);
        Assert.Equal(2002, tensors.Shapes.Count);
        var values = MemoryMarshal.Cast<byte, float>(tensors.Data);
        for (var layer = 0; layer < 1000; layer++)
        {
            Assert.Equal((layer + 1, 0), (values[2 * layer], values[(2 * layer) + 1]));
        }
    }

    // Convolutions whose kernels are 1, 2, 3 and so on.
    private static string Thousand(Folder folder)
    {
        var spec = SpecCompiler.Compile("thousand.json", """
            {
              "version": 1,
              "input": { "shape": [2, 2, 1] },
              "layers": [
                { "repeat": 1000, "layers": [{ "type": "Conv2D", "filters": 1, "kernel_size": 1 }] },
                { "type": "Flatten" },
                { "type": "Dense", "units": 2 }
              ]
            }
            """);
        var shapes = Enumerable.Range(1, 1000).SelectMany(layer => new (string, long[])[] { ($"conv{layer}.weight", [1, 1, 1, 1]), ($"conv{layer}.bias", [1]) })
            .Concat([("dense1.weight", [2, 4]), ("dense1.bias", [2])]).ToDictionary(pair => pair.Item1, IReadOnlyList<long> (pair) => pair.Item2);
        var path = Path.Combine(folder.Path, "thousand.keras");
        using var stream = File.Create(path);
        KerasExport.Write(stream, spec, shapes, (name, take) =>
        {
            var values = new float[shapes[name].Aggregate(1L, (product, size) => product * size)];
            if (name.StartsWith("conv", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal))
            {
                values[0] = int.Parse(name.AsSpan(4, name.IndexOf('.', StringComparison.Ordinal) - 4), CultureInfo.InvariantCulture);
            }

            take(MemoryMarshal.AsBytes<float>(values));
        });
        return path;
    }

    private static (string Path, ImportedModel Model) Export(Folder folder, string source, PixelRange pixels)
    {
        var model = KerasImport.Read(source, new ImportOptions("imported") { Pixels = pixels, KeepsInitializers = true });
        var tensors = new Tensors(model);
        var path = Path.Combine(folder.Path, "written.keras");
        using var stream = File.Create(path);
        KerasExport.Write(stream, model.Spec, tensors.Shapes, tensors.Read);
        return (path, model);
    }

    private static IEnumerable<string> Histories(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty("keras_history", out var history) => [history[0].GetString()!],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Histories(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Histories),
        _ => [],
    };

    /// <summary>Every group, its attributes, and every tensor with its values.</summary>
    private static List<string> Weights(ZipArchive archive, string folder)
    {
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        archive.GetEntry("model.weights.h5")!.ExtractToFile(path);
        using var file = H5File.OpenRead(path);
        return [.. Lines(file, string.Empty)];
    }

    private static IEnumerable<string> Lines(IH5Group group, string path)
    {
        foreach (var child in group.Children())
        {
            var place = $"{path}{child.Name}";
            if (child is IH5Group inner)
            {
                foreach (var attribute in inner.Attributes())
                {
                    yield return $"{place} {attribute.Name}={attribute.Read<string>()}";
                }

                foreach (var line in Lines(inner, $"{place}/"))
                {
                    yield return line;
                }
            }
            else if (child is IH5Dataset data)
            {
                yield return $"{place} {string.Join('x', data.Space.Dimensions)} {data.Type.Class} {data.Type.Size} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(MemoryMarshal.AsBytes<float>(data.Read<float[]>())))}";
            }
        }
    }

    private static JsonDocument Config(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        using var entry = archive.GetEntry("config.json")!.Open();
        return JsonDocument.Parse(entry);
    }

    private static JsonElement.ArrayEnumerator Layers(JsonDocument config) => config.RootElement.GetProperty("config").GetProperty("layers").EnumerateArray();

    private static IEnumerable<JsonArray> Histories(JsonNode? node) => node switch
    {
        JsonObject members when members["keras_history"] is JsonArray history => [history],
        JsonObject members => members.SelectMany(member => Histories(member.Value)),
        JsonArray items => items.SelectMany(Histories),
        _ => [],
    };

    /// <summary>Each value with its place, in an order of their own; as another layer has them where both mean one thing.</summary>
    private static List<string> Lines(JsonNode? node, string place, JsonObject other) => node switch
    {
        JsonObject members => [.. members.OrderBy(member => member.Key, StringComparer.Ordinal).SelectMany(member => member.Key switch
        {
            // It tells one object from another in one run of Keras.
            "shared_object_id" => [],
            // What came with Keras 3.13 to 3.15, and has its default: the releases before refuse a file with these keys.
            "quantization_config" or "renorm_clipping" or "input_axes" or "output_axes" when member.Value is null => [],
            "renorm" when member.Value is JsonValue value && !value.GetValue<bool>() => [],
            "renorm_momentum" => [],
            // The last one of two or of four, if it is the only one.
            "axis" when (member.Value as JsonArray)?.Count is null or 1 && other["class_name"]!.ToString() != "LayerNormalization" => [$"{place}.axis {((member.Value is JsonArray axes ? axes[0] : member.Value)!.GetValue<int>() is -1 or 3 ? "last" : member.Value!.ToJsonString())}"],
            _ => Lines(member.Value, $"{place}.{member.Key}", other),
        }).DefaultIfEmpty($"{place} {{}}")],
        JsonArray items => [.. items.SelectMany((item, i) => Lines(item, $"{place}[{i}]", other)).DefaultIfEmpty($"{place} []")],
        // 6 and 6.0 are one number.
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => [$"{place} {value.GetValue<double>().ToString("R", CultureInfo.InvariantCulture)}"],
        _ => [$"{place} {node?.ToJsonString() ?? "null"}"],
    };

    /// <summary>The tensors of an imported model.</summary>
    private sealed class Tensors
    {
        private readonly Dictionary<string, (int Start, int End)> places = [];

        public Tensors(ImportedModel model)
        {
            var stream = new MemoryStream();
            model.WriteWeights(stream, new Dictionary<string, string>());
            var bytes = stream.ToArray();
            var length = (int)BitConverter.ToInt64(bytes);
            using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
            Data = bytes[(8 + length)..];
            foreach (var tensor in header.RootElement.EnumerateObject().Where(tensor => tensor.Name != "__metadata__"))
            {
                Shapes[tensor.Name] = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
                places[tensor.Name] = (tensor.Value.GetProperty("data_offsets")[0].GetInt32(), tensor.Value.GetProperty("data_offsets")[1].GetInt32());
            }
        }

        public Dictionary<string, IReadOnlyList<long>> Shapes { get; } = [];

        public byte[] Data { get; }

        public void Read(string name, TakeBytes take) => take(Data.AsSpan(places[name].Start, places[name].End - places[name].Start));
    }
}
