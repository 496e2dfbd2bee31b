using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Native;
using FashionCnn.Training;
using static TorchSharp.torch;

namespace FashionCnn.Benchmarks.Training;

/// <summary>What one of the processes does that are measured in turns.</summary>
internal static class Worker
{
    public const int EvaluationImages = 2000;

    public static void Run(string work, string variant, string model, int batch, int threads, int steps)
    {
        ProcessTuning.Apply();
        NativeTorch.EnsureLoaded();
        set_num_threads(threads);
        var data = DataSets.Open(choice: null, DataEnvironment.Current);
        if (work == "step")
        {
            Train(variant, model, batch, threads, data, new Pace(steps));
            return;
        }

        data = data with { Test = data.Test.Take(EvaluationImages) };
        Evaluate(variant, model, batch, data);
    }

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
