using System.Buffers.Binary;
using System.Text.Json;
using System.Text.RegularExpressions;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Storage;
using SkiaSharp;
using Xunit;
using static FashionCnn.CommandLine.Tests.PictureFiles;
using static TorchSharp.torch;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Data of the user's own, from the folder to the report; the pictures are those of Fashion-MNIST.</summary>
public sealed class OwnDataTests : IDisposable
{
    private static readonly string[] Fast = ["--epochs", "1", "--threads", "1", "--precision", "fp32", "--seed", "4"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void Folders_of_pictures_train_to_the_same_bytes_as_IDX_files_in_the_same_order()
    {
        var (train, test) = (InTurn(Sample.Value.Train, 20), InTurn(Sample.Value.Test, 10));
        WritePictures("pictures/train", train);
        WritePictures("pictures/test", test);
        File.WriteAllLines("pictures/classes.txt", Sample.Value.ClassNames);
        Directory.CreateDirectory("idx");
        WriteIdx("train", train);
        WriteIdx("t10k", test);

        Assert.Equal(0, program.Run(["model1a", "--data", "pictures", "--output", "a", "--validation-split", "0.1", .. Fast]));
        Assert.Contains($"pictures ({Path.GetFullPath("pictures")}): 200 training and 100 test images\n10 classes of 20 training images each\n", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("nverified", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run(["model1a", "--data", "idx", "--output", "b", "--validation-split", "0.1", .. Fast]));

        Assert.Equal(File.ReadAllBytes("b/weights.safetensors"), File.ReadAllBytes("a/weights.safetensors"));
        Assert.Equal(File.ReadAllText("b/predictions.csv"), File.ReadAllText("a/predictions.csv"));
        Assert.Equal(0, program.Run("evaluate", "model1a", "--weights", "a", "--threads", "1", "--precision", "fp32"));
        Assert.StartsWith($"model1a on pictures ({Path.GetFullPath("pictures")}), 100 test images, computed in fp32\n", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"Ankle boot +10 ", program.Output);

        // What a run was trained on as it is, predict does not invert.
        SavePng("light.png", [.. Enumerable.Repeat((byte)250, 784)], Sample.Value.Train.Shape);
        Assert.Equal(0, program.Run("predict", "model1a", "light.png", "--weights", "a"));
        Assert.EndsWith(" (28x28)\n", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run("predict", "model1a", "light.png", "--weights", "a/weights.safetensors", "--invert", "yes"));
        Assert.EndsWith("(28x28; inverted)\n", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_classes_in_color_of_another_size_are_trained_evaluated_predicted_and_reported_by_name()
    {
        WriteFlowers("flowers", 20);
        File.WriteAllText("flowers/rose/broken.png", "no picture");

        Assert.Equal(0, Run(["train", "flowers", "--data", "flowers", "--test-split", "0.2", "--class-weights", "balanced", "--output", "run", .. Fast]));

        Assert.Contains(": 48 training and 12 test images\n3 classes of 16 training images each\nThe test images are 20% of each class, rounded, chosen with seed 1\nWarning: left out: flowers/rose/broken.png: not a PNG, ", program.Output, StringComparison.Ordinal);
        Assert.Contains("\nClass weights: balanced\n", program.Output, StringComparison.Ordinal);
        Assert.Contains("\n1 picture could not be read and was left out.\n", program.Output, StringComparison.Ordinal);
        using var config = JsonDocument.Parse(program.Read("run/config.json"));
        Assert.Equal(("pictures", 0.2, 1, "balanced"), (
            config.RootElement.GetProperty("data_kind").GetString(), config.RootElement.GetProperty("test_split").GetProperty("fraction").GetDouble(),
            config.RootElement.GetProperty("test_split").GetProperty("seed").GetInt64(), config.RootElement.GetProperty("training").GetProperty("class_weights").GetString()));
        using var result = JsonDocument.Parse(program.Read("run/result.json"));
        Assert.Equal(1, result.RootElement.GetProperty("left_out_images").GetInt32());

        Assert.Equal(0, Run("evaluate", "flowers", "--weights", "run", "--threads", "1", "--precision", "fp32", "--format", "json"));
        using var evaluated = JsonDocument.Parse(program.Output);
        Assert.Equal((12, result.RootElement.GetProperty("test_accuracy").GetDouble()), (evaluated.RootElement.GetProperty("images").GetInt32(), evaluated.RootElement.GetProperty("accuracy").GetDouble()));
        Assert.Equal([3, 3, 3], evaluated.RootElement.GetProperty("confusion").EnumerateArray().Select(row => row.GetArrayLength()));

        Assert.Equal(0, Run("predict", "flowers", "flowers/tulip/8-000.png", "--weights", "run"));
        Assert.Matches(@"^flowers/tulip/8-000.png: (daisy|rose|tulip) 0\.\d{4}, (daisy|rose|tulip) 0\.\d{4}, (daisy|rose|tulip) 0\.\d{4} \(28x28; resized to 32x32\)\n$", program.Output);

        Assert.Equal(0, Run("report", "run"));
        var report = program.Read("run/report.html");
        Assert.Contains("<th scope=\"row\">tulip</th>", report, StringComparison.Ordinal);
        var mistake = Regex.Match(report, "base64,([^\"]+)\" alt=\"((rose|daisy|tulip)/[0-9-]+.png), ");
        Assert.Equal(result.RootElement.GetProperty("test_accuracy").GetDouble() < 1, mistake.Success);
        if (mistake.Success)
        {
            using var shown = SKBitmap.Decode(Convert.FromBase64String(mistake.Groups[1].Value));
            var expected = ImageFile.Read($"flowers/{mistake.Groups[2].Value}", new ImageShape(32, 32, 3), invert: false).Pixels;
            Assert.Equal(expected, shown.Pixels.SelectMany(pixel => new[] { pixel.Red, pixel.Green, pixel.Blue }));
        }
    }

    [Fact]
    public void Without_test_images_the_held_out_ones_are_evaluated_and_a_run_without_either_is_refused()
    {
        WriteFlowers("flowers", 20);

        Assert.Equal(2, Run(["train", "flowers", "--data", "flowers", "--output", "run", .. Fast]));
        Assert.Equal($"error: flowers ({Path.GetFullPath("flowers")}) has no test images. Set test_split to the fraction of its images to test on, such as 0.2, or hold images out with validation_split. Option: --test-split.\n", program.Error);
        Assert.Equal(2, Run(["train", "flowers", "--data", "flowers", "--test-split-seed", "3", .. Fast]));
        Assert.Equal("error: --test-split-seed chooses the images that --test-split asks for. Give --test-split too, or omit it.\n", program.Error);

        Assert.Equal(0, Run(["train", "flowers", "--data", "flowers", "--validation-split", "0.25", "--output", "run", .. Fast]));
        Assert.Contains(": 60 training and no test images\n", program.Output, StringComparison.Ordinal);
        Assert.Contains("25% of the training images are held out, and evaluated on in place of test images\n", program.Output, StringComparison.Ordinal);
        Assert.Contains("\nThere are no test images: test loss and test accuracy are those of the held-out images.", program.Output, StringComparison.Ordinal);
        using var result = JsonDocument.Parse(program.Read("run/result.json"));

        Assert.Equal(0, Run("evaluate", "flowers", "--weights", "run", "--threads", "1", "--precision", "fp32"));
        Assert.Matches($@"^flowers on flowers \(.*\), 15 held-out images, computed in fp32\nloss \d\.\d{{4}}, accuracy {result.RootElement.GetProperty("test_accuracy").GetDouble():0.0000} ", program.Output);
        Assert.Equal(0, Run("train", "flowers", "--resume", "run", "--epochs", "2"));
        Assert.Equal(0, Run("report", "run"));
        Assert.Contains("There are no test images", program.Read("run/report.html"), StringComparison.Ordinal);

        File.Delete("flowers/rose/5-000.png");
        Assert.Equal(2, Run("train", "flowers", "--resume", "run", "--epochs", "3"));
        Assert.StartsWith($"error: {Path.GetFullPath("flowers")} does not hold the images that the run was trained on", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_spec_that_does_not_fit_the_data_says_what_would()
    {
        WriteFlowers("flowers", 4);

        Assert.Equal(2, program.Run(["model1a", "--data", "flowers", "--test-split", "0.5", .. Fast]));

        Assert.Equal(
            $"error: model1a.json ends in 10 classes, the data has 3 (daisy, rose, tulip). Give the last layer of the spec 3 units, or use other data than flowers ({Path.GetFullPath("flowers")}). Option: --data.\n",
            program.Error);
        Assert.Equal(2, Run(["train", "flowers", "--data", "flowers", "--test-split", "0.5", "--class-weights", "1,2", .. Fast]));
        Assert.Equal("error: class_weights has 2 numbers, but flowers has 3 classes. Give 3 numbers, in the order of the classes, or balanced. Option: --class-weights.\n", program.Error);
        Assert.Equal(2, Run(["train", "flowers", "--data", "flowers", "--class-weights", "1,x,3", .. Fast]));
        Assert.Equal("error: --class-weights 1,x,3: 'x' is not a number. Give balanced, none, or a number for each class, separated by commas.\n", program.Error);
    }

    // As one does with a network that has seen many pictures, and three classes of few.
    [Fact]
    public void A_trained_network_is_fine_tuned_to_other_classes_with_its_first_layers_frozen()
    {
        WriteFlowers("flowers", 20);
        WriteSpec("ten.json", 10, trainable: string.Empty, extra: string.Empty);
        WriteSpec("three.json", 3, ", \"trainable\": false", """{ "type": "Dense", "units": 5, "name": "new" }, """);
        string[] small = ["--threads", "1", "--precision", "fp32", "--no-self-check", "--epochs", "1"];
        Assert.Equal(0, program.Run(["train", "ten.json", "--data", "sample", "--train-images", "64", "--test-images", "20", "--output", "ten", .. small]));

        Assert.Equal(0, program.Run(["train", "three.json", "--data", "flowers", "--test-split", "0.2", "--weights", "ten", "--output", "three", .. small]));

        Assert.Contains($"""

            Frozen: conv1, batch_norm1; 3,403 parameters are trained
            Starting with 6 of 10 tensors from {Path.GetFullPath("ten/weights.safetensors")}
              Another shape or type there, so fresh: dense1.weight (10x676 instead of 3x5), dense1.bias (10 instead of 3)
              Not in the file, so fresh: new.weight, new.bias

            """, program.Output, StringComparison.Ordinal);
        using var before = SafetensorsFile.Open("ten/weights.safetensors");
        using var after = SafetensorsFile.Open("three/weights.safetensors");
        using var scope = NewDisposeScope();
        Assert.All(["conv1.weight", "conv1.bias", "batch_norm1.weight", "batch_norm1.bias", "batch_norm1.running_mean", "batch_norm1.running_var"], name =>
            Assert.True(before.Read(name).equal(after.Read(name)).all().item<bool>(), name));
        Assert.NotEqual(0, after.Read("dense1.bias").abs().sum().item<float>());
        Assert.Equal(0, program.Run("summary", "three.json"));
        Assert.Contains("Conv2D 3x3 valid relu frozen", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run("report", "three"));
        Assert.Contains("Initial weights", program.Read("three/report.html"), StringComparison.Ordinal);

        // A run that goes on has its weights.
        Assert.Equal(2, program.Run(["train", "three.json", "--resume", "three", "--weights", "ten"]));
        Assert.Equal("error: --weights cannot be changed when a run is resumed: what is there so far depends on it. Omit it, or start a new run without --resume.\n", program.Error);
        Assert.Equal(0, program.Run(["train", "three.json", "--resume", "three", "--epochs", "2", "--no-self-check"]));
    }

    [Fact]
    public void Weights_that_cannot_be_started_with_are_refused_before_anything_is_written()
    {
        WriteSpec("ten.json", 10, trainable: string.Empty, extra: string.Empty);
        File.WriteAllText("damaged.safetensors", "no weights");

        foreach (var (weights, message) in new[]
        {
            ("nothing", "error: --weights nothing: there is no file nothing. Give a safetensors file, or the folder of a finished run, such as those in runs/ten."),
            ("damaged.safetensors", "error: damaged.safetensors: not a safetensors file, or a damaged one: "),
        })
        {
            Assert.Equal(2, program.Run("train", "ten.json", "--data", "sample", "--train-images", "64", "--weights", weights, "--no-self-check", "--threads", "1"));
            Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists("runs"));
        }
    }

    private static void WriteSpec(string file, int classes, string trainable, string extra) => File.WriteAllText(file, $$"""
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu"{{trainable}} },
            { "type": "BatchNormalization"{{trainable}} },
            { "type": "MaxPooling2D" },
            { "type": "Flatten" },
            {{extra}}{ "type": "Dense", "units": {{classes}}, "activation": "softmax" }
          ]
        }
        """);

    private int Run(params string[] args) => program.Run([ColorNet.OfFlowers], args);

    private static void WriteIdx(string name, ImageSet images)
    {
        File.WriteAllBytes($"idx/{name}-images-idx3-ubyte", [.. Header(2051, images.Count, 28, 28), .. images.Pixels]);
        File.WriteAllBytes($"idx/{name}-labels-idx1-int", [.. Header(3073, [images.Count, .. images.Labels])]);
    }

    private static byte[] Header(int magic, params int[] numbers) => [.. numbers.Prepend(magic).SelectMany(number =>
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    })];
}
