using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FashionCnn.Data;
using FashionCnn.Models;
using SkiaSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.CommandLine.Tests;

public sealed class PredictTests(PredictTests.TrainedRun trained) : IClassFixture<PredictTests.TrainedRun>, IDisposable
{
    private const int Images = 12;

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    /// <summary>A run of Model 1A that knows most clothes; its predictions.csv is what evaluating the test images gave.</summary>
    public sealed class TrainedRun : IDisposable
    {
        private readonly TestProgram program = new();

        public TrainedRun()
        {
            Folder = Path.Combine(program.Folder, "run");
            Assert.Equal(0, program.Run(
                "model1a", "--data", "sample", "--train-images", "1000", "--test-images", "100", "--epochs", "3", "--learning-rate", "0.001", "--threads", "1", "--precision", "fp32", "--output", Folder));
            Test = DataSets.Open("sample", DataEnvironment.Current).Test;
            Predictions = [.. File.ReadLines(Path.Combine(Folder, "predictions.csv")).Skip(1).Select(line => line.Split(',')).Select(cells => (
                int.Parse(cells[1], CultureInfo.InvariantCulture), int.Parse(cells[2], CultureInfo.InvariantCulture), double.Parse(cells[3], CultureInfo.InvariantCulture)))];
        }

        public string Folder { get; }

        public ImageSet Test { get; }

        public IReadOnlyList<(int Label, int Class, double Confidence)> Predictions { get; }

        public void Dispose() => program.Dispose();
    }

    // In a process of its own: Torch writes its warnings to the process's standard error.
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void Torch_writes_nothing_between_the_lines(string threads)
    {
        Save("a.png", 28, (x, y) => Gray(Pixel(0, x, y)));
        Save("b.png", 28, (x, y) => Gray(Pixel(1, x, y)));

        var (exitCode, output, error) = Processes.Run(program.Folder, "predict", "model1a", "a.png", "b.png", "--weights", trained.Folder, "--threads", threads, "--no-self-check");

        Assert.Equal((0, string.Empty), (exitCode, error));
        Assert.Equal(2, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    // As they were computed when an image was a batch of its own.
    [Fact]
    public void Probabilities_are_those_of_the_image_alone()
    {
        using var model = TrainedWeights.Load(ProjectModels.All.Single(model => model.Id == "model1a"), trained.Folder).Model;
        for (var i = 0; i < Images; i++)
        {
            Save("a.png", 28, (x, y) => Gray(Pixel(i, x, y)));
            var image = ImageFile.Read("a.png", model.Model.Input);
            using var scope = NewDisposeScope();
            using var batch = new Batches(new ImageSet(image.Pixels, [0], model.Model.Input), CPU);
            var alone = model.predict(batch.Slice(0, 1, model.Precision).Images).data<float>().ToArray();

            foreach (var pair in Evaluation.Classification.Likeliest(model, image, CPU, 10))
            {
                Assert.InRange(pair.Probability, alone[pair.Class] - 1e-6, alone[pair.Class] + 1e-6);
            }
        }
    }

    [Fact]
    public void Files_of_test_images_give_what_evaluating_the_test_images_gave()
    {
        for (var i = 0; i < Images; i++)
        {
            Save($"{i:00}-a.png", 28, (x, y) => Gray(Pixel(i, x, y)));
            Save($"{i:00}-b.png", 280, (x, y) => Gray(Pixel(i, x / 10, y / 10)));
            Save($"{i:00}-c.png", 84, (x, y) => Gray((byte)(255 - Pixel(i, x / 3, y / 3))));
            Save($"{i:00}-d.png", 28, (x, y) => SKColors.White.WithAlpha(Pixel(i, x, y)));
            Save($"{i:00}-e.jpg", 280, (x, y) => Gray((byte)(255 - Pixel(i, x / 10, y / 10))));
        }

        Assert.Equal(0, Predict("."));

        Assert.Empty(program.Error);
        var lines = program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5 * Images, lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            var (_, label, confidence) = trained.Predictions[i / 5];
            var match = Regex.Match(lines[i], @"^\./(\d\d)-([a-e])\.(?:png|jpg): ([^,]+) (\d\.\d{4}), [^,]+ (\d\.\d{4}), [^,]+ (\d\.\d{4}) \((.+)\)$");
            Assert.True(match.Success, lines[i]);
            Assert.Equal((i / 5, "abcde"[i % 5].ToString()), (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value));
            Assert.Equal(DataSets.Open("sample", DataEnvironment.Current).ClassNames[label], match.Groups[3].Value);
            // A JPEG is nearly what it was made from.
            Assert.InRange(Number(match, 4), confidence - (match.Groups[2].Value == "e" ? 0.1 : 0.0002), confidence + (match.Groups[2].Value == "e" ? 0.1 : 0.0002));
            Assert.True(Number(match, 4) >= Number(match, 5) && Number(match, 5) >= Number(match, 6), lines[i]);
        }

        Assert.True(trained.Predictions.Count(prediction => prediction.Label == prediction.Class) > 60, "the run knows too little for this test to mean anything");
        Assert.EndsWith("(28x28)", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("(84x84; resized to 28x28; inverted, because its background is light)", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("(28x28; transparent parts made black)", lines[3], StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("/dev/null")]
    [InlineData("/dev/zero")]
    public void A_device_is_not_an_image(string device)
    {
        Assert.Equal(2, Predict(device));

        Assert.Equal($"error: {device}: a device or a pipe, not a file. Give an image file.\n", program.Error);
    }

    [Fact]
    public void Broken_files_are_named_and_the_others_go_on()
    {
        Save("good.png", 28, (x, y) => Gray(Pixel(0, x, y)));
        Directory.CreateDirectory("folder/below");
        Directory.CreateDirectory("empty");
        File.Copy("good.png", "folder/b.PNG");
        File.Copy("good.png", "folder/below/not-taken.png");
        File.WriteAllText("folder/a.jpeg", "no picture");
        File.WriteAllText("folder/notes.txt", "not taken");
        File.WriteAllBytes("cut.png", File.ReadAllBytes("good.png")[..100]);

        Assert.Equal(2, Predict("folder", "nothing.png", "empty", "cut.png", "good.png"));

        Assert.Equal(["folder/b.PNG", "good.png"], program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ")[0].Replace('\\', '/')));
        Assert.Equal(
            [
                "error: folder/a.jpeg: not a PNG, JPEG, WebP, BMP or GIF image, or its beginning is damaged.",
                "error: nothing.png: there is no such file.",
                "error: empty: there is no file in this folder whose name ends in .png, .jpg, .jpeg, .webp, .bmp, .gif.",
                "error: cut.png: the image is cut off: its end is missing. Get the whole file.",
            ],
            program.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace('\\', '/')));
    }

    [Fact]
    public void Json_says_all_of_it()
    {
        Save("light.png", 56, (x, y) => Gray((byte)(255 - Pixel(1, x / 2, y / 2))));

        Assert.Equal(2, Predict("light.png", "nothing.png", "--format", "json", "--invert", "yes"));

        using var json = JsonDocument.Parse(program.Output);
        var root = json.RootElement;
        Assert.Equal(("model1a", trained.Folder), (root.GetProperty("model").GetString(), root.GetProperty("weights").GetString()));
        var image = Assert.Single(root.GetProperty("images").EnumerateArray());
        Assert.Equal(("light.png", 56, 56), (image.GetProperty("file").GetString(), image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32()));
        Assert.Equal(["resized to 28x28", "inverted"], image.GetProperty("steps").EnumerateArray().Select(step => step.GetString()));
        var classes = image.GetProperty("classes").EnumerateArray().ToList();
        Assert.Equal(3, classes.Count);
        Assert.Equal(trained.Predictions[1].Class, classes[0].GetProperty("class").GetInt32());
        Assert.Equal(DataSets.Open("sample", DataEnvironment.Current).ClassNames[trained.Predictions[1].Class], classes[0].GetProperty("name").GetString());
        Assert.Equal(trained.Predictions[1].Confidence, classes[0].GetProperty("probability").GetDouble(), 1e-5);
        Assert.Equal("nothing.png: there is no such file.", Assert.Single(root.GetProperty("failed").EnumerateArray()).GetProperty("error").GetString());
        Assert.Empty(root.GetProperty("notes").EnumerateArray());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{ "model_type": "of another program" }""")]
    public void Without_a_run_beside_the_weights_classes_have_numbers_and_that_is_said(string? config)
    {
        Save("it.png", 28, (x, y) => Gray(Pixel(0, x, y)));
        File.Copy(Path.Combine(trained.Folder, "weights.safetensors"), "moved.safetensors");
        if (config is not null)
        {
            File.WriteAllText("config.json", config);
        }

        Assert.Equal(0, program.Run("predict", "model1a", "it.png", "--weights", "moved.safetensors", "--threads", "1"));

        Assert.Matches($@"^it\.png: class {trained.Predictions[0].Class} \d\.\d{{4}}, class \d \d\.\d{{4}}, class \d \d\.\d{{4}} \(28x28\)\n$", program.Output);
        Assert.Equal("Note: classes are shown as numbers, because moved.safetensors has no class names, and there is no config.json of a run on data with class names beside it.\n", program.Error);
    }

    [Fact]
    public void A_model_of_colors_sees_them()
    {
        ColorNet.Save("colors.safetensors");
        Save("red.png", 50, (_, _) => new SKColor(250, 200, 0));
        Save("blue.png", 20, (_, _) => new SKColor(0, 100, 200));

        Assert.Equal(0, program.Run([ColorNet.Descriptor], "predict", "colors", "red.png", "blue.png", "--weights", "colors.safetensors"));

        Assert.Matches(@"^red\.png: class 0 0\.\d+, class 1 0\.\d+, class 2 0\.\d+ \(50x50; resized to 32x32\)\nblue\.png: class 2 0\.\d+, class 1 0\.\d+, class 0 0\.\d+ \(20x20; resized to 32x32\)\n$", program.Output);
    }

    private int Predict(params string[] args) => program.Run(["predict", "model1a", .. args, "--weights", trained.Folder, "--threads", "1"]);

    private byte Pixel(int image, int x, int y) => trained.Test.Pixels[(image * 784) + (y * 28) + x];

    private static SKColor Gray(byte value) => new(value, value, value);

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static void Save(string file, int size, Func<int, int, SKColor> color)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(size, size, SKColorType.Bgra8888, SKAlphaType.Unpremul, colorspace: null))
        {
            Pixels = [.. Enumerable.Range(0, size * size).Select(i => color(i % size, i / size))],
        };
        using var data = bitmap.Encode(file.EndsWith("jpg", StringComparison.Ordinal) ? SKEncodedImageFormat.Jpeg : SKEncodedImageFormat.Png, 95);
        File.WriteAllBytes(file, data.ToArray());
    }

    /// <summary>Tells whether an image is most red, green or blue.</summary>
    private sealed class ColorNet : ImageClassifier
    {
        private ColorNet()
            : base(Descriptor)
        {
            Dense1 = Register("dense1", CreateDense(features: 3 * 32 * 32, units: 3));
        }

        public static ModelDescriptor Descriptor { get; } = ProjectModels.All[0] with
        {
            Id = "colors",
            Name = "ColorNet",
            Input = new ImageShape(32, 32, 3),
            Classes = 3,
            Create = () => new ColorNet(),
        };

        private Linear Dense1 { get; }

        public static void Save(string path)
        {
            using var guard = no_grad();
            using var model = new ColorNet();
            using var one = eye(3).repeat_interleave(32 * 32, 1).div(32 * 32);
            _ = model.Dense1.weight.copy_(one);
            _ = model.Dense1.bias!.zero_();
            ModelWeights.Save(model, path);
        }

        protected override Tensor Logits(Tensor x) => linear(Dense1, flatten(x));
    }
}
