using System.IO.Compression;
using System.Text.Json;
using FashionCnn.Models;
using FashionCnn.SpecFiles;
using SkiaSharp;
using TorchSharp;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Models that Keras 3.16 wrote, imported: they give what Keras gives.</summary>
public sealed class ImportTests(ITestOutputHelper output) : IDisposable
{
    private const int Side = 48;
    private static readonly string Fixtures = Path.Combine(Repository.Root, "tests", "Interchange.Tests", "Fixtures");

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Theory]
    [InlineData("resnet", "0..1", 1e-5, 1e-5)]
    [InlineData("densenet", "0..1", 1e-5, 1e-5)]
    // Keras's own outputs are 9e-6 away from those of the same network in float64, on the other side than ours, which are no further away than Keras's.
    [InlineData("mobilenet_v2", "0..1", 1.5e-5, 1e-5)]
    [InlineData("mobilenet_v3_minimalistic", null, 1e-5, 1e-5)]
    // The same numbers as pixels of another range.
    [InlineData("resnet", "0..255", 1e-5, 1e-5)]
    [InlineData("resnet", "-1..1", 1e-5, 1e-5)]
    [InlineData("resnet", "torch", 1e-5, 1e-5)]
    // Caffe's pixels are differences of numbers up to 255: of a number near 0, 32 bits leave fewer digits.
    [InlineData("resnet", "caffe", 3e-5, 3e-5)]
    public void Outputs_are_those_of_Keras(string name, string? pixels, double fromKeras, double fromFloat64)
    {
        Assert.Equal(0, program.Run(["import", Fixture($"{name}.keras"), .. pixels is null ? Array.Empty<string>() : ["--pixels", pixels]]));
        using var expected = JsonDocument.Parse(File.ReadAllText(Fixture($"{name}.expected.json")));
        Assert.Contains($"Parameters in Keras:   {expected.RootElement.GetProperty("parameters").GetInt64(),14:N0}\n", program.Output, StringComparison.Ordinal);
        using var scope = NewDisposeScope();
        using var model = Load($"{name}.json");
        Assert.Equal(expected.RootElement.GetProperty("parameters").GetInt64(), model.Model.TotalParameters);
        var bytes = File.ReadAllBytes(Fixture($"{name}.input.f32"));
        var floats = new float[bytes.Length / 4];
        Buffer.BlockCopy(bytes, 0, floats, 0, bytes.Length);
        var fed = tensor(floats, [4, Side, Side, 3]);

        var images = Image(fed, pixels ?? "0..255").permute(0, 3, 1, 2);
        // Those that end in a softmax give probabilities in Keras.
        var isProbability = expected.RootElement.GetProperty("output")[0].EnumerateArray().Sum(value => value.GetDouble()) is > 0.999 and < 1.001;
        var (wanted, usual) = (Wanted(expected), Outputs());
        Assert.True(model.ChannelsLast);
        model.ChannelsLast = false;
        var other = Outputs();
        model.to(float64);
        model.Precision = float64;
        var exact = Outputs();

        // Both are also compared with the network in float64, which no rounding of Keras is in.
        output.WriteLine(FormattableString.Invariant(
            $"{name} {pixels}: {Difference(wanted, usual):0.0e+0}, with channels first {Difference(wanted, other):0.0e+0}; from float64 Keras {Difference(exact, wanted):0.0e+0}, ours {Difference(exact, usual):0.0e+0} and {Difference(exact, other):0.0e+0}"));
        Assert.InRange(Difference(wanted, usual), 0, fromKeras);
        Assert.InRange(Difference(wanted, other), 0, fromKeras);
        Assert.InRange(Difference(exact, usual), 0, fromFloat64);
        Assert.InRange(Difference(exact, other), 0, fromFloat64);

        double[] Outputs() => Values(isProbability ? model.predict(images) : model.forward(images));
    }

    [Theory]
    [InlineData("sequential_bn.keras")]
    [InlineData("sequential_bn.h5")]
    [InlineData("functional_residual.keras")]
    [InlineData("functional_residual.h5")]
    public void Small_models_give_the_outputs_of_Keras(string file)
    {
        Assert.Equal(0, program.Run("import", Fixture(file), "--pixels", "0..1", "--output", "small.json"));
        using var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Generator.Tests", "Keras", "Fixtures", $"{Path.GetFileNameWithoutExtension(file)}.expected.json")));
        using var scope = NewDisposeScope();
        using var model = Load("small.json");
        var images = File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Generator.Tests", "Keras", "Fixtures", "images.bin"));

        Assert.InRange(Difference(Wanted(expected), Values(model.predict(tensor([.. images.Select(value => value / 255f)], [4, 1, 28, 28])))), 0, 1e-5);
    }

    // The file names what the model was fed, and the program feeds pixels from 0 to 1.
    [Theory]
    [InlineData("mobilenet_v2", "-1..1")]
    [InlineData("mobilenet_v3_minimalistic", null)]
    [InlineData("resnet", "caffe")]
    public void Predict_gives_for_a_picture_what_the_model_gives_for_its_pixels(string name, string? pixels)
    {
        File.WriteAllLines("names.txt", Enumerable.Range(0, 10).Select(i => $"class {i}"));
        Assert.Equal(0, program.Run(["import", Fixture($"{name}.keras"), "--classes", "names.txt", .. pixels is null ? Array.Empty<string>() : ["--pixels", pixels]]));
        var random = new Random(1);
        var bytes = new byte[Side * Side * 3];
        random.NextBytes(bytes);
        SavePng("picture.png", bytes);

        Assert.Equal(0, program.Run("predict", $"{name}.json", "picture.png", "--weights", $"{name}.safetensors", "--threads", "1", "--no-self-check", "--format", "json"));

        using var scope = NewDisposeScope();
        using var model = Load($"{name}.json");
        var outputs = nn.functional.softmax(model.forward((tensor([.. bytes.Select(value => (float)value)], [1, Side, Side, 3]) / 255).permute(0, 3, 1, 2)), 1).data<float>().ToArray();
        using var report = JsonDocument.Parse(program.Output);
        var classes = report.RootElement.GetProperty("images")[0].GetProperty("classes").EnumerateArray().ToList();
        Assert.Equal(3, classes.Count);
        Assert.All(classes, likely =>
        {
            var number = likely.GetProperty("class").GetInt32();
            Assert.Equal($"class {number}", likely.GetProperty("name").GetString());
            Assert.Equal(outputs[number], likely.GetProperty("probability").GetDouble(), 1e-5);
        });
    }

    [Fact]
    public void What_the_file_does_not_tell_is_asked_for()
    {
        Assert.Equal(2, program.Run("import", Fixture("resnet.keras")));
        Assert.Equal(
            $"error: {Fixture("resnet.keras")}: the file does not tell what numbers the model was fed for pixels. Say which: 0..255 for bytes as they are, 0..1, -1..1, or what keras.applications calls caffe or torch. Option: --pixels.\n",
            program.Error);
        Assert.Empty(Directory.GetFileSystemEntries(program.Folder));
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        foreach (var name in new[] { "resnet.json", "resnet.safetensors" })
        {
            File.WriteAllText(name, "mine");

            Assert.Equal(2, program.Run("import", Fixture("resnet.keras"), "--pixels", "0..1"));

            Assert.Equal($"error: {name} is there already, and is not overwritten. Delete it, or choose another name with --output.\n", program.Error);
            Assert.Equal([name], Directory.GetFileSystemEntries(program.Folder).Select(Path.GetFileName));
            Assert.Equal("mine", program.Read(name));
            File.Delete(name);
        }
    }

    [Fact]
    public void Images_of_another_size_are_taken_where_no_weights_depend_on_it()
    {
        Assert.Equal(0, program.Run("import", Fixture("mobilenet_v2.keras"), "--pixels", "-1..1", "--input", "96,64"));
        Assert.Contains("\"input\": { \"shape\": [96, 64, 3] }", program.Read("mobilenet_v2.json"), StringComparison.Ordinal);

        Assert.Equal(2, program.Run("import", Fixture("sequential_bn.keras"), "--pixels", "0..1", "--input", "32,32"));
        Assert.EndsWith("'dense' has 6,288 weights for images of 28x28, and would need 8,208 for 32x32, so the model takes no others. Option: --input.\n", program.Error, StringComparison.Ordinal);
        Assert.False(File.Exists("sequential_bn.json"));
    }

    [Theory]
    [InlineData("--input 224", "error: --input 224: give height and width, such as 224,224.")]
    [InlineData("--pixels bgr", "error: --pixels bgr: give 0..1, 0..255, -1..1, caffe or torch.")]
    [InlineData("--pixels 0..1 --output net.txt", "error: --output net.txt: the name of a spec ends in .json.")]
    [InlineData("--pixels 0..1 --output nowhere/net.json", "error: --output nowhere/net.json: there is no folder ")]
    public void Wrong_usage_is_one_message(string args, string message)
    {
        Assert.Equal(2, program.Run(["import", Fixture("resnet.keras"), .. args.Split(' ')]));

        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(program.Folder));
    }

    [Fact]
    public void Class_names_must_be_as_many_as_classes()
    {
        File.WriteAllText("names.txt", "cat\ndog\n");

        Assert.Equal(2, program.Run("import", Fixture("resnet.keras"), "--pixels", "0..1", "--classes", "names.txt"));

        Assert.Equal("error: --classes names.txt: the file has 2 names, and the model 10 classes.\n", program.Error);
    }

    [Fact]
    public void A_file_that_is_not_there_or_no_model_is_one_message()
    {
        Assert.Equal(2, program.Run("import", "nowhere.keras"));
        Assert.Equal("error: nowhere.keras: there is no such file. Give a .keras file, an .h5 file or the JSON of a Keras model.\n", program.Error);
        File.WriteAllText("x.keras", "no model");
        Assert.Equal(2, program.Run("import", "x.keras"));
        Assert.Equal("error: x.keras: no model of Keras, or a damaged one: its description of the model is not JSON.\n", program.Error);
    }

    [Theory]
    [InlineData("broken.safetensors", "error: broken.safetensors: no model of Keras, or a damaged one: its description of the model is not JSON.")]
    [InlineData("broken.json", "error: broken.json: no model of Keras, or a damaged one: its description of the model is not JSON.")]
    public void A_file_whose_name_the_result_would_have_is_read_first(string file, string message)
    {
        File.WriteAllText(file, "no model");

        Assert.Equal(2, program.Run("import", file));

        Assert.Equal($"{message}\n", program.Error);
    }

    [Fact]
    public void A_model_is_not_overwritten_by_its_own_spec()
    {
        using (var archive = ZipFile.OpenRead(Fixture("resnet.keras")))
        {
            archive.GetEntry("config.json")!.ExtractToFile("resnet.json");
        }

        var before = program.Read("resnet.json");
        Assert.Equal(2, program.Run("import", "resnet.json", "--pixels", "0..1"));
        Assert.Equal("error: resnet.json is the file to import, and is not overwritten. Choose another name for the spec with --output.\n", program.Error);
        Assert.Equal(before, program.Read("resnet.json"));

        Assert.Equal(0, program.Run("import", "resnet.json", "--pixels", "0..1", "--output", "net.json"));
    }

    internal static string Fixture(string name) => Path.Combine(Fixtures, name);

    // The numbers of the pixels of which a model that was fed this range gets the given ones.
    private static Tensor Image(Tensor fed, string pixels) => pixels switch
    {
        "0..255" => fed / 255,
        "-1..1" => (fed + 1) / 2,
        "torch" => (fed * tensor([0.229f, 0.224f, 0.225f])) + tensor([0.485f, 0.456f, 0.406f]),
        "caffe" => (fed + tensor([103.939f, 116.779f, 123.68f])).flip(3) / 255,
        _ => fed,
    };

    private static ImageClassifier Load(string spec)
    {
        using var error = new StringWriter();
        var model = new ModelList(ProjectModels.All, SpecClass.Build).Find(spec, error).Create();
        _ = ModelWeights.Load(model, Path.ChangeExtension(spec, ".safetensors"));
        model.eval();
        return model;
    }

    private static double[] Wanted(JsonDocument expected) => [.. expected.RootElement.GetProperty("output").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetDouble())];

    private static double[] Values(Tensor outputs) => [.. outputs.to(float64).data<double>()];

    /// <summary>The largest difference as a share of the largest output.</summary>
    private static double Difference(double[] wanted, double[] given)
    {
        Assert.Equal(wanted.Length, given.Length);
        return wanted.Zip(given).Max(pair => Math.Abs(pair.First - pair.Second)) / wanted.Max(Math.Abs);
    }

    private static void SavePng(string path, byte[] pixels)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var i = 0; i < Side * Side; i++)
        {
            bitmap.SetPixel(i % Side, i / Side, new SKColor(pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]));
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, data.ToArray());
    }
}
