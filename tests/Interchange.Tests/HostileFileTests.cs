using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Xunit;

namespace FashionCnn.Interchange.Tests;

/// <summary>A file is hostile until proved otherwise.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const string Input = """{"class_name":"InputLayer","config":{"name":"in","batch_shape":[null,8,8,3]},"name":"in","inbound_nodes":[]}""";

    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("functional_residual.keras")]
    [InlineData("sequential_bn.keras")]
    [InlineData("resnet.keras")]
    public void A_file_that_was_cut_is_one_message(string name)
    {
        var whole = File.ReadAllBytes(Fixture.At(name));
        for (var part = 0; part < 40; part++)
        {
            var path = folder.Write(name, whole[..(int)((long)whole.Length * part / 40)]);

            var exception = Assert.Throws<InputException>(() => Import(path));
            Assert.StartsWith($"{path}: ", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }

    [Theory]
    [InlineData("functional_residual.keras", 1)]
    [InlineData("functional_residual.keras", 2)]
    [InlineData("functional_residual.h5", 3)]
    [InlineData("functional_residual.h5", 4)]
    [InlineData("sequential_bn.h5", 5)]
    public void A_file_with_wrong_bits_is_imported_or_one_message(string name, int seed)
    {
        var whole = File.ReadAllBytes(Fixture.At(name));
        var random = new Random(seed);
        var watch = new Stopwatch();
        for (var round = 0; round < 150; round++)
        {
            var bytes = whole.ToArray();
            for (var flips = 1 + (round % 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            var path = folder.Write(name, bytes);
            watch.Restart();
            try
            {
                Import(path);
            }
            catch (InputException exception)
            {
                Assert.DoesNotContain('\n', exception.Message);
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"Seed {seed}, round {round}.");
        }
    }

    [Fact]
    public void A_kernel_of_another_shape_with_as_many_values_does_not_fit()
    {
        var path = folder.Write("net.keras", File.ReadAllBytes(Fixture.At("functional_residual.keras")));
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            var entry = archive.GetEntry("config.json")!;
            using var reader = new StreamReader(entry.Open());
            var text = reader.ReadToEnd();
            reader.Dispose();
            entry.Delete();
            using var writer = new StreamWriter(archive.CreateEntry("config.json").Open());
            writer.Write(text.Replace("\"kernel_size\": [3, 3]", "\"kernel_size\": [9, 1]", StringComparison.Ordinal));
        }

        var exception = Assert.Throws<InputException>(() => Import(path));

        Assert.Contains(" is 3x3x", exception.Message, StringComparison.Ordinal);
        Assert.Contains("which does not fit its ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_unpack_to_far_more_are_not_unpacked()
    {
        var path = Archive(("config.json", Encoding.UTF8.GetBytes(Sequential("""{"class_name":"Flatten","config":{"name":"flatten"}},{"class_name":"Dense","config":{"name":"dense","units":2}}"""))), ("model.weights.h5", new byte[200_000_000]));

        var exception = Assert.Throws<InputException>(() => Import(path));
        Assert.EndsWith("its weights unpack to more than they can be.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_that_unpacks_to_far_more_is_not_unpacked()
    {
        var exception = Assert.Throws<InputException>(() => Import(Archive(("config.json", new byte[100_000_000]))));
        Assert.EndsWith("its description of the model takes more than 64 MB.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_of_an_absurd_size_is_not_read()
    {
        var bytes = File.ReadAllBytes(Fixture.At("functional_residual.h5"));
        // The first kernel: 3 x 3 x 1 x 4.
        var shape = new long[] { 3, 3, 1, 4 }.SelectMany(BitConverter.GetBytes).ToArray();
        var place = bytes.AsSpan().IndexOf(shape);
        Assert.True(place > 0);
        BitConverter.GetBytes(1L << 40).CopyTo(bytes, place + 24);

        var exception = Assert.Throws<InputException>(() => Import(folder.Write("large.h5", bytes)));
        Assert.Contains("the kernel of ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("3x3x1x1099511627776", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_that_fits_a_spec_of_absurd_size_is_not_read()
    {
        const long Units = 65_536;
        using var archive = ZipFile.OpenRead(Fixture.At("sequential_bn.keras"));
        var text = Encoding.UTF8.GetString(Content("config.json"));
        var last = text.LastIndexOf("\"units\": 10,", StringComparison.Ordinal);
        text = text[..last] + text[last..].Replace("\"units\": 10,", $"\"units\": {Units},", StringComparison.Ordinal).Replace("\"use_bias\": true", "\"use_bias\": false", StringComparison.Ordinal);
        var weights = Content("model.weights.h5");
        var shape = new long[] { 16, 10 }.SelectMany(BitConverter.GetBytes).ToArray();
        // The sizes, and those that it may grow to.
        for (int place; (place = weights.AsSpan().IndexOf(shape)) > 0;)
        {
            BitConverter.GetBytes(Units).CopyTo(weights, place + 8);
        }

        var exception = Assert.Throws<InputException>(() => Import(Archive(("config.json", Encoding.UTF8.GetBytes(text)), ("model.weights.h5", weights))));
        Assert.EndsWith("more than there is room for.", exception.Message, StringComparison.Ordinal);

        byte[] Content(string name)
        {
            using var entry = archive.GetEntry(name)!.Open();
            using var content = new MemoryStream();
            entry.CopyTo(content);
            return content.ToArray();
        }
    }

    [Theory]
    [InlineData("", "its description of the model is not JSON.")]
    [InlineData("{", "its description of the model is not JSON.")]
    [InlineData("[]", "it describes no Sequential or Functional model.")]
    [InlineData("""{"class_name":"Custom","config":{}}""", "it describes no Sequential or Functional model.")]
    [InlineData("""{"class_name":"Functional","config":{"layers":[],"input_layers":["x",0,0],"output_layers":["y",0,0]}}""", "a layer reads 'y', which is not there.")]
    [InlineData("""{"class_name":"Functional","config":{"layers":[]}}""", "it has no input or no output.")]
    public void What_is_no_model_is_one_message(string text, string end)
    {
        var exception = Assert.Throws<InputException>(() => Import(folder.Write("model.json", text)));
        Assert.EndsWith(end, exception.Message, StringComparison.Ordinal);
    }

    // HDF5 can keep values in other files. Here they are nowhere, which is read as zeros: nothing of it comes from the file either.
    [Fact]
    public void Values_that_are_not_in_the_file_are_refused()
    {
        var bytes = File.ReadAllBytes(Fixture.At("functional_residual.h5"));
        // The layout of a tensor: version 3, contiguous, its place and its size.
        var changed = 0;
        for (var i = 0; i + 18 < bytes.Length; i++)
        {
            if (bytes[i] == 3 && bytes[i + 1] == 1 && BitConverter.ToInt64(bytes, i + 2) is > 0 and var place && place < bytes.Length && BitConverter.ToInt64(bytes, i + 10) is > 0 and var size && size % 4 == 0 && place + size <= bytes.Length)
            {
                bytes.AsSpan(i + 2, 8).Fill(0xff);
                changed++;
            }
        }

        Assert.InRange(changed, 1, 100);
        var path = folder.Write("net.h5", bytes);
        Assert.Equal($"{path}: no model of Keras, or a damaged one: the values of a tensor are not in the file.", Assert.Throws<InputException>(() => Import(path)).Message);
    }

    [Fact]
    public void A_normalization_without_its_scale_is_no_layer_of_a_spec()
    {
        var path = folder.Write("model.json", "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"m\",\"build_input_shape\":[null,8,8,4],\"layers\":[{\"class_name\":\"GroupNormalization\",\"config\":{\"name\":\"g\",\"groups\":2,\"scale\":false}},{\"class_name\":\"Flatten\",\"config\":{\"name\":\"f\"}},{\"class_name\":\"Dense\",\"config\":{\"name\":\"d\",\"units\":2}}]}}");

        Assert.Contains("\"scale\": false has no equal in a spec", Assert.Throws<InputException>(() => Import(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_nested_without_end_is_one_message()
    {
        var exception = Assert.Throws<InputException>(() => Import(folder.Write("model.json", new string('[', 1_000_000))));
        Assert.EndsWith("its description of the model is not JSON.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_within_models_without_end_are_one_message()
    {
        var model = Sequential(Layer("Flatten"));
        for (var depth = 0; depth < 40; depth++)
        {
            model = $$$"""{"class_name":"Sequential","config":{"name":"s{{{depth}}}","build_input_shape":[null,8,8,3],"layers":[{{{model}}}]}}""";
        }

        var exception = Assert.Throws<InputException>(() => Import(folder.Write("model.json", model)));
        Assert.EndsWith("its models are nested more than 32 deep.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_that_reads_itself_is_one_message()
    {
        var model = Functional("b", Node("Activation", "a", ["b"], ",\"activation\":\"relu\""), Node("Activation", "b", ["a"], ",\"activation\":\"relu\""));

        var exception = Assert.Throws<InputException>(() => Import(folder.Write("model.json", model)));
        Assert.EndsWith("reads its own output by way of others.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_a_spec_lacks_is_listed_and_no_code_is_run()
    {
        var model = Sequential(
            """{"class_name":"Lambda","config":{"name":"code","function":{"class_name":"__lambda__","config":{"code":"4wEAAA=="}}}}""",
            """{"class_name":"Conv2D","config":{"name":"c","filters":4,"kernel_size":[3,3],"data_format":"channels_first"}}""",
            """{"class_name":"BatchNormalization","config":{"name":"n","axis":2}}""",
            """{"class_name":"Activation","config":{"name":"a","activation":"my_own"}}""",
            """{"class_name":"Attention","config":{"name":"t"}}""");

        var exception = Assert.Throws<InputException>(() => Import(folder.Write("model.json", model)));

        Assert.Contains("'code' (Lambda): a Lambda layer holds code, which is never run.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'c' (Conv2D): \"data_format\": \"channels_first\" has no equal in a spec.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'n' (BatchNormalization): \"axis\": 2; the layers of a spec act on the last axis.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'a' (Activation): \"activation\": \"my_own\"", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'t' (Attention): there is no such layer in a spec.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_two_layers_share_are_refused()
    {
        var shared = """{"class_name":"Conv2D","config":{"name":"c","filters":3,"kernel_size":[1,1]},"name":"c","inbound_nodes":[""" + Call("in", 0) + "," + Call("c", 0) + "]}";
        var model = $$$"""{"class_name":"Functional","config":{"name":"m","layers":[{{{Input}}},{{{shared}}}],"input_layers":["in",0,0],"output_layers":["c",1,0]}}""";

        var exception = Assert.Throws<InputException>(() => Import(folder.Write("model.json", model)));
        Assert.Contains("'c' (Conv2D): it is called several times with the same weights", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(200)]
    public void Ways_within_ways_become_a_spec_however_deep(int depth)
    {
        // Each sum has the one before on both of its ways.
        var layers = new List<string>();
        var last = "in";
        for (var i = 0; i < depth; i++)
        {
            layers.Add(Node("Activation", $"r{i}", [last], ",\"activation\":\"relu\""));
            layers.Add(Node("Add", $"s{i}", [$"r{i}", "in"], string.Empty));
            last = $"s{i}";
        }

        layers.Add(Node("Flatten", "f", [last], string.Empty));
        layers.Add(Node("Dense", "d", ["f"], ",\"units\":2"));

        using var model = KerasImport.Read(folder.Write("deep.json", Functional("d", [.. layers])), new ImportOptions("deep") { Pixels = PixelRange.ZeroToOne });

        Assert.Equal((2 * depth) + 2, model.Spec.Summary().Layers.Count);
    }

    private static void Import(string path)
    {
        using var model = KerasImport.Read(path, new ImportOptions("model") { Pixels = PixelRange.ZeroToOne });
        if (model.HasWeights)
        {
            model.WriteWeights(Stream.Null, new Dictionary<string, string>());
        }
    }

    private static string Sequential(params string[] layers) => $$$"""{"class_name":"Sequential","config":{"name":"m","build_input_shape":[null,8,8,3],"layers":[{{{string.Join(",", layers)}}}]}}""";

    private static string Layer(string type) => $$$"""{"class_name":"{{{type}}}","config":{"name":"x"}}""";

    private static string Functional(string output, params string[] layers) =>
        $$$"""{"class_name":"Functional","config":{"name":"m","layers":[{{{Input}}},{{{string.Join(",", layers)}}}],"input_layers":["in",0,0],"output_layers":["{{{output}}}",0,0]}}""";

    private static string Node(string type, string name, string[] reads, string settings) =>
        $$$"""{"class_name":"{{{type}}}","config":{"name":"{{{name}}}"{{{settings}}}},"name":"{{{name}}}","inbound_nodes":[{"args":[[{{{string.Join(",", reads.Select(read => Tensor(read, 0)))}}}]],"kwargs":{}}]}""";

    private static string Call(string read, int call) => $$$"""{"args":[{{{Tensor(read, call)}}}],"kwargs":{}}""";

    private static string Tensor(string name, int call) => $$$"""{"class_name":"__keras_tensor__","config":{"keras_history":["{{{name}}}",{{{call}}},0]}}""";

    private string Archive(params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return folder.Write("model.keras", stream.ToArray());
    }
}
