using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Native;
using FashionCnn.Training;
using static TorchSharp.torch;

namespace FashionCnn.Benchmarks.Training;

/// <summary>What one of the processes does that are measured in turns.</summary>
internal static class Worker
{
    // Of larger images, fewer.
    private const int SmallImages = 2000;
    private const int LargeImages = 64;

    private const int Side = 28;

    public static void Run(string work, string variant, string model, int batch, int threads, int steps)
    {
        ProcessTuning.Apply();
        NativeTorch.EnsureLoaded();
        set_num_threads(threads);
        var data = Data(model);
        if (work == "step")
        {
            Train(variant, model, batch, threads, data, new Pace(steps));
            return;
        }

        data = data with { Test = data.Test.Take(EvaluationImages(model)) };
        Evaluate(variant, model, batch, data);
    }

    /// <summary>How many images are evaluated in a round.</summary>
    public static int EvaluationImages(string model) => IsSmall(model) ? SmallImages : LargeImages;

    // Fashion-MNIST, or noise of the size that the model takes: what is in the images costs no time.
    private static DataSet Data(string model)
    {
        var data = DataSets.Open(choice: null, DataEnvironment.Current);
        if (IsSmall(model))
        {
            return data;
        }

        var descriptor = ModelCatalog.All.Single(candidate => candidate.Id == model);
        var random = new Random(1);
        var pixels = new byte[LargeImages * descriptor.Input.Count];
        random.NextBytes(pixels);
        var images = new ImageSet(pixels, [.. Enumerable.Range(0, LargeImages).Select(_ => random.Next(descriptor.Classes))], descriptor.Input);
        return data with { Train = images, Test = images, ClassNames = [.. Enumerable.Range(0, descriptor.Classes).Select(label => $"{label}")] };
    }

    private static bool IsSmall(string model) => ModelCatalog.All.Single(candidate => candidate.Id == model).Input.Height == Side;

    private static void Train(string variant, string id, int batch, int threads, DataSet data, Pace pace)
    {
        if (variant == "hand-written")
        {
            HandWritten.Train(id, batch, data.Train, pace.OnStep);
            return;
        }

        var descriptor = ModelCatalog.All.Single(model => model.Id == id);
        var settings = new RunSettings(descriptor.Training with { BatchSize = batch }, Seed: 1, threads, "cpu", variant);
        Trainer.Prepare(settings);
        using var model = descriptor.Create();
        _ = Trainer.Train(model, data, settings, onStep: _ => pace.OnStep());
    }

    private static void Evaluate(string variant, string id, int batch, DataSet data)
    {
        if (variant == "hand-written")
        {
            HandWritten.Evaluate(id, batch, data.Test, Pace.Repeat);
            return;
        }

        using var model = ModelCatalog.All.Single(candidate => candidate.Id == id).Create();
        model.Precision = ComputePrecision.Type(variant);
        using var images = new Batches(data.Test, CPU);
        Pace.Repeat(() => _ = Evaluator.Evaluate(model, images));
    }
}
