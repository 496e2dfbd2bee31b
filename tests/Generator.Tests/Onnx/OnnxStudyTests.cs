using System.Globalization;
using FashionCnn.Data;
using FashionCnn.Interchange;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Onnx;

/// <summary>The study's models, trained on some images, give in ONNX Runtime the same classes.</summary>
public sealed class OnnxStudyTests : IDisposable
{
    // The sample's test images. The larger models take a minute for all of them: that is done where it is asked for.
    private const int AllImages = 1_000;
    private const int FewImages = 200;

    // Two classes whose logits are nearer to each other than that are equally likely.
    private const float Tie = 1e-4f;

    private static readonly DataSet Data = SampleData.Read(notice: null);

    // Of few steps, the moving statistics of normalization should hold something: they follow faster than the study's, and are otherwise the same.
    private static readonly Lazy<IReadOnlyDictionary<string, ModelDescriptor>> Models = new(() => CompiledModels.Load(
        new[] { "model1a", "model1b", "model2", "model3", "model4" }.Select(id => SpecFile.Of(
            File.ReadAllText(Repository.SpecPath(id)).Replace("\"BatchNormalization\"", "\"BatchNormalization\", \"momentum\": 0.5", StringComparison.Ordinal), $"{id}.json"))));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("model1a", 320, AllImages)]
    [InlineData("model1b", 64, FewImages)]
    [InlineData("model2", 64, FewImages)]
    [InlineData("model3", 64, FewImages)]
    [InlineData("model4", 64, FewImages)]
    public void Images_have_the_same_classes(string id, int trained, int images)
    {
        var count = Environment.GetEnvironmentVariable("FASHIONCNN_ONNX_IMAGES") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : images;
        using var scope = NewDisposeScope();
        using var model = Trained(Models.Value[id], trained);
        using var guard = no_grad();
        using var file = new OnnxFile(model, new OnnxOptions { HasLogits = true });
        List<float[]> ours = [], theirs = [];
        for (var start = 0; start < count; start += 100)
        {
            using var batch = NewDisposeScope();
            var pixels = tensor(Enumerable.Range(start, 100).SelectMany(Data.Test.Image).Select(value => value / 255f).ToArray(), [100, 28, 28, 1]).permute(0, 3, 1, 2);
            ours.AddRange(model.forward(pixels).data<float>().ToArray().Chunk(model.Model.Classes));
            theirs.AddRange(file.Run(pixels).Chunk(model.Model.Classes));
        }

        CheckClasses(ours, theirs);
        // After few steps one class may be the likeliest of nearly all images: how much likelier each class is than on average tells them apart.
        var average = Enumerable.Range(0, model.Model.Classes).Select(label => ours.Average(logits => logits[label])).ToList();
        var classes = CheckClasses([.. ours.Select(Centered)], [.. theirs.Select(Centered)]);
        Assert.InRange(classes.Distinct().Count(), 5, model.Model.Classes);

        float[] Centered(float[] logits) => [.. logits.Zip(average).Select(pair => pair.First - pair.Second)];
    }

    private static List<int> CheckClasses(List<float[]> ours, List<float[]> theirs)
    {
        Assert.Equal(ours.Count, theirs.Count);
        return [.. ours.Zip(theirs).Select(pair =>
        {
            var (mine, other) = (Largest(pair.First), Largest(pair.Second));
            Assert.True(mine == other || pair.First[mine] - pair.First[other] < Tie, $"{mine} and {other}: {string.Join(' ', pair.First)} and {string.Join(' ', pair.Second)}");
            return mine;
        })];
    }

    private ImageClassifier Trained(ModelDescriptor descriptor, int images)
    {
        using var trained = Run.Start(descriptor, Data with { Train = Data.Train.Take(images), Test = Data.Test.Take(1) }, new TrainingOptions
        {
            Settings = descriptor.Training with { Epochs = 1, BatchSize = 16 },
            Precision = PrecisionChoice.Fp32,
        });
        var path = Path.Combine(folder.FullName, "weights.safetensors");
        trained.Classifier.Save(path);
        var model = descriptor.Create();
        _ = ModelWeights.Load(model, path);
        model.eval();
        return model;
    }

    private static int Largest(float[] logits) => Array.IndexOf(logits, logits.Max());
}
