using System.Text.Json;
using FashionCnn.Models;
using FashionCnn.SpecFiles;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Models that leave as ONNX files.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Theory]
    [InlineData("resnet", 48, 3, "0..1")]
    [InlineData("densenet", 48, 3, "torch")]
    [InlineData("mobilenet_v2", 48, 3, "-1..1")]
    [InlineData("mobilenet_v3_minimalistic", 48, 3, "0..255")]
    [InlineData("sequential_bn", 28, 1, "0..1")]
    [InlineData("functional_residual", 28, 1, "0..1")]
    public void Models_of_Keras_give_the_same_after_import_and_export(string name, int side, int channels, string pixels)
    {
        Assert.Equal(0, program.Run("import", ImportTests.Fixture($"{name}.keras"), "--pixels", pixels, "--output", "net.json"));

        Assert.Equal(0, program.Run("export", "net.json", "--weights", "net.safetensors", "--format", "onnx", "--logits", "--output", "net.onnx"));

        Assert.EndsWith($"Input: images, N x {side} x {side} x {channels}, pixels from 0 to 1. Output: logits, N x 10.\nWrote net.onnx.\n", program.Output, StringComparison.Ordinal);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var error = new StringWriter();
        using var model = new ModelList([], SpecClass.Build).Find("net.json", error).Create();
        _ = ModelWeights.Load(model, "net.safetensors");
        model.eval();
        manual_seed(1);
        var images = rand(4, channels, side, side);
        var expected = model.forward(images).data<float>().ToArray();
        var given = Run("net.onnx", images.permute(0, 2, 3, 1), "logits");
        Assert.Equal(expected.Length, given.Length);
        Assert.InRange(expected.Zip(given).Max(pair => Math.Abs(pair.First - pair.Second)) / expected.Max(Math.Abs), 0, 1e-5);
    }

    [Fact]
    public void A_model_that_is_written_for_Keras_comes_back_with_the_same_weights()
    {
        Save("resnet");

        Assert.Equal(0, program.Run("export", "resnet", "--weights", "resnet.safetensors", "--format", "keras"));
        Assert.EndsWith("Input: N x 28 x 28 x 1, pixels from 0 to 1. Output: probabilities, N x 10.\nWrote resnet.keras.\n", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run("import", "resnet.keras", "--pixels", "0..1", "--output", "net.json"));

        using var scope = NewDisposeScope();
        using var guard = no_grad();
        using var error = new StringWriter();
        using var model = ProjectModels.All.Single(model => model.Id == "resnet").Create();
        using var again = new ModelList([], SpecClass.Build).Find("net.json", error).Create();
        _ = ModelWeights.Load(model, "resnet.safetensors");
        _ = ModelWeights.Load(again, "net.safetensors");
        var images = rand(2, 1, 28, 28);
        Assert.Equal(model.predict(images).data<float>().ToArray(), again.predict(images).data<float>().ToArray());
    }

    [Fact]
    public void What_Keras_has_no_name_for_is_refused()
    {
        File.WriteAllText("net.json", """
            {
              "version": 1,
              "input": { "shape": [4, 4, 1] },
              "layers": [{ "type": "Conv2D", "filters": 2, "kernel_size": 1, "activation": "gelu_tanh" }, { "type": "Flatten" }, { "type": "Activation", "activation": "gelu_tanh" }]
            }
            """);

        Assert.Equal(2, program.Run("export", "net.json", "--weights", "nowhere.safetensors", "--format", "keras"));

        Assert.Equal("error: net cannot be written for Keras, which has no name for the activation gelu_tanh: 'conv1' (Conv2D), 'activation1' (Activation).\n", program.Error);
    }

    [Fact]
    public void A_run_gives_the_names_of_the_classes()
    {
        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "64", "--test-images", "10", "--epochs", "1", "--threads", "1", "--output", "run"));
        File.WriteAllText("model1a.onnx", "an older file");
        Assert.Equal(2, program.Run("export", "model1a", "--weights", "run", "--input-layout", "nchw"));
        Assert.Equal("error: model1a.onnx is there already. Name the file with --output; it may be there then.\n", program.Error);

        Assert.Equal(0, program.Run("export", "model1a", "--weights", "run", "--input-layout", "nchw", "--output", "model1a.onnx"));

        Assert.Equal("Input: images, N x 1 x 28 x 28, pixels from 0 to 1. Output: probabilities, N x 10.\nWrote model1a.onnx.\n", program.Output);
        Assert.Empty(program.Error);
        using var session = new InferenceSession("model1a.onnx");
        var names = JsonSerializer.Deserialize<string[]>(session.ModelMetadata.CustomMetadataMap["class_names"])!;
        Assert.Equal(("T-shirt/top", "Ankle boot", 10), (names[0], names[^1], names.Length));
        Assert.Equal(ProjectModels.All.Single(model => model.Id == "model1a").ArchitectureFingerprint, session.ModelMetadata.CustomMetadataMap["architecture_fingerprint"]);
        var probabilities = Run("model1a.onnx", rand(2, 1, 28, 28), "probabilities");
        Assert.Equal(1, probabilities[..10].Sum(), 1e-5);
    }

    [Fact]
    public void A_source_for_PyTorch_lies_beside_its_weights()
    {
        Save("model1a");
        Directory.CreateDirectory("out");

        Assert.Equal(0, program.Run("export", "model1a", "--weights", "model1a.safetensors", "--format", "pytorch", "--output", "out/net.py"));

        Assert.Equal("Input: N x 1 x 28 x 28, pixels from 0 to 1. Output: logits, N x 10.\nWrote out/net.py and out/net.safetensors.\n", program.Output);
        Assert.Equal(File.ReadAllBytes("model1a.safetensors"), File.ReadAllBytes("out/net.safetensors"));
        Assert.Contains("def load(path=os.path.join(os.path.dirname(__file__), \"net.safetensors\")):", program.Read("out/net.py"), StringComparison.Ordinal);
        // Weights that lie there already, of this model or the very file that is read, do no harm; others are not overwritten.
        File.Delete("out/net.py");
        Assert.Equal(0, program.Run("export", "model1a", "--weights", "model1a.safetensors", "--format", "pytorch", "--output", "out/net.py"));
        Assert.EndsWith("Wrote out/net.py, which reads out/net.safetensors.\n", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run("export", "model1a", "--weights", "model1a.safetensors", "--format", "pytorch"));
        Assert.Equal(["model1a.py", "model1a.safetensors", "out"], Directory.GetFileSystemEntries(program.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        File.WriteAllText("out/net.py", "an older file");
        File.WriteAllText("out/net.safetensors", "other weights");
        Assert.Equal(2, program.Run("export", "model1a", "--weights", "model1a.safetensors", "--format", "pytorch", "--output", "out/net.py"));
        Assert.Equal("error: out/net.safetensors is there already, with other weights, and is not overwritten. Delete it, or choose another name with --output.\n", program.Error);
        Assert.Equal(("an older file", "other weights"), (program.Read("out/net.py"), program.Read("out/net.safetensors")));
    }

    [Fact]
    public void A_file_without_class_names_is_noted()
    {
        Save("model1a");

        Assert.Equal(0, program.Run("export", "model1a", "--weights", "model1a.safetensors", "--output", "net.onnx"));

        Assert.Equal("Note: the file has no class names, because model1a.safetensors has none, and there is no config.json of a run on data with class names beside it.\n", program.Error);
        using var session = new InferenceSession("net.onnx");
        Assert.DoesNotContain("class_names", session.ModelMetadata.CustomMetadataMap.Keys);
    }

    [Theory]
    [InlineData("model1a", "error: export needs --weights <file or run>: A safetensors file, or a run folder, whose weights.safetensors is used.")]
    [InlineData("model9 --weights model1a.safetensors", "error: There is no model 'model9'; did you mean 'model")]
    [InlineData("model1a --weights model1a.safetensors --format onx", "error: --format onx: give onnx, keras or pytorch.")]
    [InlineData("model1a --weights model1a.safetensors --input-layout nhcw", "error: --input-layout nhcw: give nhwc or nchw.")]
    [InlineData("model1a --weights model1a.safetensors --logit", "error: export has no option '--logit'; did you mean '--logits'? Options: --weights, --format, --output, --input-layout, --logits, --help.")]
    [InlineData("model1a --weights model1a.safetensors --format keras --logits", "error: --logits is for --format onnx. Omit it.")]
    [InlineData("model1a --weights model1a.safetensors --format pytorch --output net", "error: --output net: the name of a Python source ends in .py.")]
    [InlineData("model1a --weights model1a.safetensors --format pytorch --output net.json", "error: --output net.json: the name of a Python source ends in .py.")]
    [InlineData("model1a --weights model1a.safetensors --format pytorch --output lambda.py", "error: --output lambda.py: Python cannot import a source of this name.")]
    [InlineData("model1a --weights model1a.safetensors --format pytorch --output .py", "error: --output .py: Python cannot import a source of this name.")]
    [InlineData("model1a --weights model1a.safetensors --format pytorch --logits", "error: --logits is for --format onnx. Omit it.")]
    [InlineData("model1a --weights model1a.safetensors --format keras --input-layout nchw", "error: --input-layout is for --format onnx. Omit it.")]
    [InlineData("model1a --weights model1a.safetensors --output model1a.safetensors", "error: --output model1a.safetensors: this is what the model is read from, or a spec. Choose another file.")]
    [InlineData("model1a --weights model1a.safetensors --output net.json", "error: --output net.json: this is what the model is read from, or a spec. Choose another file.")]
    [InlineData("model1a --weights nowhere", "error: --weights nowhere: there is no file nowhere. Give a safetensors file, or the folder of a finished run")]
    [InlineData("model1b --weights model1a.safetensors", "error: model1a.safetensors does not fit model1b: ")]
    [InlineData("model1a --weights model1a.safetensors --output nowhere/net.onnx", "error: --output nowhere/net.onnx: there is no folder ")]
    [InlineData("model1a --weights model1a.safetensors --output .", "error: --output .: this is a folder. Give the name of a file in it.")]
    [InlineData("nowhere.json --weights model1a.safetensors", "error: nowhere.json: there is no such spec.")]
    public void Wrong_usage_is_one_message_and_nothing_is_written(string args, string message)
    {
        Save("model1a");

        Assert.Equal(2, program.Run(["export", .. args.Split(' ')]));

        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
        Assert.Equal(["model1a.safetensors"], Directory.GetFileSystemEntries(program.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void A_model_above_2_GiB_is_refused_before_anything_is_read()
    {
        File.WriteAllText("big.json", """{ "version": 1, "input": { "shape": [64, 64, 64] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 2048 }, { "type": "Dense", "units": 10 }] }""");

        Assert.Equal(2, program.Run("export", "big.json", "--weights", "nowhere.safetensors"));

        Assert.Equal("error: big has 536,893,450 parameters of 4 bytes, and an ONNX file holds at most 2 GiB. --format keras has no such limit.\n", program.Error);
        Assert.Equal(["big.json"], Directory.GetFileSystemEntries(program.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void An_older_file_stays_when_the_weights_cannot_be_used()
    {
        Save("model1a");
        File.WriteAllText("model1b.onnx", "an older file");

        Assert.Equal(2, program.Run("export", "model1b", "--weights", "model1a.safetensors", "--output", "model1b.onnx"));

        Assert.Equal("an older file", program.Read("model1b.onnx"));
        Assert.Equal(["model1a.safetensors", "model1b.onnx"], Directory.GetFileSystemEntries(program.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Weights_of_another_network_are_refused_though_names_and_shapes_fit()
    {
        Save("model1a");
        File.WriteAllText("other.json", ProjectModels.All.Single(model => model.Id == "model1a").Spec.Replace("\"relu\"", "\"tanh\"", StringComparison.Ordinal));

        Assert.Equal(2, program.Run("export", "other.json", "--weights", "model1a.safetensors"));

        Assert.Equal("error: model1a.safetensors does not fit other: its tensors have the same names and shapes, but are those of a different network (the file is of model1a). Give weights that were trained with this spec.\n", program.Error);
    }

    // Same length, so that nothing else of the file changes.
    [Fact]
    public void Weights_from_before_images_were_flattened_pixel_by_pixel_are_refused()
    {
        Save("model1a");
        var bytes = File.ReadAllBytes("model1a.safetensors");
        "weights_versiom"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("weights_version"u8)));
        File.WriteAllBytes("model1a.safetensors", bytes);

        Assert.Equal(2, program.Run("export", "model1a", "--weights", "model1a.safetensors"));
        Assert.StartsWith("error: model1a.safetensors was written by an earlier version of the program, which flattened images channel by channel", program.Error, StringComparison.Ordinal);

        Assert.Equal(1, program.Run("weights", "model1a.safetensors", "model1a"));
        Assert.Equal(
            "model1a.safetensors does not fit model1a: names and shapes match, but the file is of an earlier version of the program, which flattened images in another order.\n",
            program.Output);
        Assert.Equal(1, program.Run("weights", "model1a.safetensors", "model1a", "--format", "json"));
        Assert.Contains("\"earlier_version\": true", program.Output, StringComparison.Ordinal);
        // A model is of no version.
        Assert.Equal(0, program.Run("weights", "model1a", "model1a"));
    }

    [Fact]
    public void Weights_with_NaN_are_refused()
    {
        Save("model1a");
        var bytes = File.ReadAllBytes("model1a.safetensors");
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - 4);
        File.WriteAllBytes("model1a.safetensors", bytes);

        Assert.Equal(2, program.Run("export", "model1a", "--weights", "model1a.safetensors"));

        Assert.StartsWith("error: model1a.safetensors: value 10 of dense2.bias is NaN, so nothing can be computed with it.", program.Error, StringComparison.Ordinal);
    }

    // Lengthening a run begins with the loss of its result.
    [Theory]
    [InlineData(null, "{}", false, "run: not a run: it has no result.json. Give the folder of a run.")]
    [InlineData(null, """{ "model": "model1a" }""", true, "run: the run ended before its first checkpoint. Start it again.")]
    [InlineData("""{ "model": "model1a" }""", "garbage", true, "run/config.json: the file is damaged: it is not valid JSON; see line 1.")]
    [InlineData("{", """{ "model": "model1a" }""", true, "run/result.json: the file is damaged: it is not valid JSON; see line 1.")]
    [InlineData("{}", """{ "model": "model1a" }""", true, "run/result.json: the file is damaged: no model.")]
    [InlineData("""{ "model": "model1a" }""", """{ "model": "model1a", "class_names": ["\ud800"] }""", true, "run/config.json: the file is damaged: a string is not valid Unicode.")]
    [InlineData("""{ "model": "model3" }""", """{ "model": "model1a" }""", true, "run: the files do not belong together: config.json and result.json are of different runs. Continue the run, or train it again. Option: --resume.")]
    public void The_weights_of_a_run_that_is_not_there_whole_are_refused(string? result, string configuration, bool isConfigured, string message)
    {
        Directory.CreateDirectory("run");
        Save("model1a");
        File.Move("model1a.safetensors", "run/weights.safetensors");
        if (result is not null)
        {
            File.WriteAllText("run/result.json", result);
        }

        if (isConfigured)
        {
            File.WriteAllText("run/config.json", configuration);
        }

        Assert.Equal(2, program.Run("export", "model1a", "--weights", "run"));

        Assert.Equal($"error: {message}\n", program.Error);
    }

    [Fact]
    public void The_weights_of_a_run_that_is_not_finished_are_refused()
    {
        Directory.CreateDirectory("run");
        Save("model1a");
        File.Move("model1a.safetensors", "run/weights.safetensors");
        File.WriteAllText("run/checkpoint.safetensors", string.Empty);

        Assert.Equal(2, program.Run("export", "model1a", "--weights", "run"));

        Assert.StartsWith("error: run: the run is not finished: it has no result.json. Continue it", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Class_names_that_are_no_text_are_none()
    {
        Save("model1a");
        File.WriteAllText("config.json", $$"""{ "architecture_fingerprint": "{{ProjectModels.All.Single(model => model.Id == "model1a").ArchitectureFingerprint}}", "class_names": [{{string.Join(", ", Enumerable.Repeat("\"\\ud800\"", 10))}}] }""");

        Assert.Equal(0, program.Run("export", "model1a", "--weights", "model1a.safetensors"));

        Assert.StartsWith("Note: the file has no class names", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_that_have_seen_too_few_steps_are_noted()
    {
        using (var model = ProjectModels.All.Single(model => model.Id == "model3").Create())
        {
            ModelWeights.Save(model, "model3.safetensors", steps: 3);
        }

        Assert.Equal(0, program.Run("export", "model3", "--weights", "model3.safetensors", "--format", "keras"));

        Assert.StartsWith("Note: after 3 steps the moving statistics of batch normalization still hold ", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_help_says_what_is_written()
    {
        Assert.Equal(0, program.Run("export", "--help"));

        Assert.Contains("--input-layout <nhwc|nchw>", program.Output, StringComparison.Ordinal);
        Assert.Contains("--format <onnx|keras|pytorch>", program.Output, StringComparison.Ordinal);
        Assert.Contains("Pixels are from 0 to 1", program.Output, StringComparison.Ordinal);
    }

    private static void Save(string id)
    {
        using var model = ProjectModels.All.Single(model => model.Id == id).Create();
        ModelWeights.Save(model, $"{id}.safetensors");
    }

    private static float[] Run(string path, Tensor images, string output)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1 };
        using var session = new InferenceSession(path, settings);
        var given = images.contiguous();
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("images", new DenseTensor<float>(given.data<float>().ToArray(), [.. given.shape.Select(size => (int)size)]))], [output]);
        return [.. results.Single().AsEnumerable<float>()];
    }
}
